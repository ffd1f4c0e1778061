import Testing

/// What product code must not call, and where it may.
@Suite struct CallTests {
    private func offenders(_ pattern: some RegexComponent, except allowed: String...) -> [String] {
        Repository.sources
            .filter { source in !allowed.contains { source.path.hasPrefix($0) } }
            .flatMap { $0.lines(matching: pattern) }
    }

    @Test func `time, randomness and waiting come from the platform`() {
        let found =
            offenders(/\bDate\(\)|\bDate\.now\b|\bUUID\(\)/, except: "Shared/Platform/")
            + offenders(/\.random\((?:in|using):|\bBool\.random\(|\.randomElement\(/, except: "Shared/Platform/")
            + offenders(/\.shuffled?\(|\bSystemRandomNumberGenerator\b/, except: "Shared/Platform/")
            + offenders(/\bTask\.sleep\b/, except: "Shared/Platform/")
        #expect(found.isEmpty, "\(listed(found))")
    }

    @Test func `only the command line prints`() {
        let found = offenders(/(^|[^\w.])(?:print|debugPrint|dump)\(/, except: "Services/Control/")
        #expect(found.isEmpty, "\(listed(found))")
    }

    /// CR-06
    @Test func `nothing ends the process on data from outside`() {
        let found = offenders(/\btry!|\bas!|\bfatalError\(/)
            .filter { !$0.contains("/main.swift:") }
        #expect(found.isEmpty, "\(listed(found))")
    }

    /// ThreadSanitizer does not see `Synchronization.Mutex` on Linux, and Dispatch queues hide who waits for whom.
    @Test func `locks and threads come from the platform`() {
        let found =
            offenders(
                /\bDispatchQueue\b|\bDispatchSemaphore\b|\bNSLock\b|\bimport Synchronization\b|nonisolated\(unsafe\)/)
            + offenders(/\bpthread_create\(/, except: "Shared/Platform/")
        #expect(found.isEmpty, "\(listed(found))")
    }

    @Test func `no raw pointer is public outside the platform's own types`() {
        let found = offenders(
            /^\s*public\s(?!.*\bwith\w*\().*\bUnsafe\w*Pointer/, except: "Shared/Platform/", "Shared/Model/Secret.swift"
        )
        #expect(found.isEmpty, "\(listed(found))")
    }

    @Test func `who promises Sendable unchecked says why beside it`() {
        let found = Repository.sources.flatMap { source in
            let lines = source.text.split(separator: "\n", omittingEmptySubsequences: false)
            return lines.indices.filter { lines[$0].contains(/^[^\/]*@unchecked Sendable/) }
                .filter { line in
                    ![line - 1, line + 1].contains { lines.indices.contains($0) && lines[$0].contains(/^\s*\/\//) }
                }
                .map { "\(source.path):\($0 + 1)" }
        }
        #expect(found.isEmpty, "\(listed(found))")
    }

    @Test func `a blanked source keeps its code and loses the rest`() {
        let source = SwiftSource(
            path: "Example.swift",
            text: ##"""
                let a = "Date()" // Date()
                /* Date() /* nested */ Date() */
                let b = "\(Date())"
                let c = #"\(UUID()) " \#(UUID())"#
                """##)
        #expect(source.lines(matching: /Date\(\)/).map { $0.prefix(16) } == ["Example.swift:3:"])
        #expect(source.code.matches(of: /UUID\(\)/).count == 1)
    }
}

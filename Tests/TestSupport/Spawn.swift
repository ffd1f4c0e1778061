import Glibc

/// Descriptors of this process a program must not inherit; those above are opened close-on-exec by everybody.
private let inheritable: ClosedRange<Int32> = 3...255

/// Starts a program without the descriptors of this process, in a process group of its own.
func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String]?,
    _ actions: inout posix_spawn_file_actions_t
) throws(ProgramError) -> pid_t {
    for descriptor in inheritable { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var argumentPointers = ([program] + arguments).map { strdup($0) } + [nil]
    var environmentPointers = (environment ?? currentEnvironment()).map { strdup($0.key + "=" + $0.value) } + [nil]
    defer {
        for pointer in argumentPointers + environmentPointers { free(pointer) }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The threads of Dispatch, on which tests run, block SIGTERM, and a program inherits what is blocked.
    var nothing = sigset_t()
    sigemptyset(&nothing)
    posix_spawnattr_setsigmask(&attributes, &nothing)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    var pid = pid_t()
    let code = posix_spawnp(&pid, program, &actions, &attributes, &argumentPointers, &environmentPointers)
    guard code == 0 else { throw .notStarted(program: program, errno: code) }
    return pid
}

/// The environment of this process.
public func currentEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
        entry += 1
    }
    return result
}

import Glibc
import Platform

/// A program a test started, ended at the latest when its last owner lets go.
public final class ChildProcess: Sendable {
    /// The process id.
    public let pid: pid_t
    /// The file both output and errors go to.
    public let outputFile: String
    private let program: String
    private let exit = Lock<Int32?>(nil)
    private let folder: TemporaryFolder?

    /// Starts a program, found in `PATH` unless it has a slash (posix_spawn(3)).
    ///
    /// - Parameters:
    ///   - environment: the whole environment; `nil` is this process's own.
    ///   - directory: where it runs (env(1) -C); `nil` is here.
    ///   - outputFile: where output and errors go; `nil` is a temporary file.
    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        directory: String? = nil, outputFile: String? = nil
    ) throws(ProgramError) {
        let folder = outputFile == nil ? TemporaryFolder() : nil
        let output = outputFile ?? folder?.file("output") ?? "/dev/null"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        if let directory {
            pid = try spawn("env", ["-C", directory, program] + arguments, environment, &actions)
        } else {
            pid = try spawn(program, arguments, environment, &actions)
        }
        self.program = program
        self.outputFile = output
        self.folder = folder
    }

    deinit {
        if status == nil {
            Glibc.kill(pid, SIGKILL)
            _ = try? wait(.seconds(5))
        }
    }

    /// What it wrote so far.
    public var output: String { String(decoding: readFile(outputFile), as: UTF8.self) }

    /// The exit status once it has ended: 0 to 255, or 128 + the number of the signal that ended it.
    public var status: Int32? {
        exit.withLock { status in
            if status != nil { return status }
            var raw: Int32 = 0
            guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
            status = exitStatus(raw)
            return status
        }
    }

    /// Whether it runs.
    public var isRunning: Bool { status == nil }

    /// Asks it to end (SIGTERM).
    public func terminate() { signal(SIGTERM) }

    /// Ends it like a loss of power (SIGKILL).
    public func kill() { signal(SIGKILL) }

    /// Sends a signal, unless it has ended.
    public func signal(_ number: Int32) {
        if status == nil { Glibc.kill(pid, number) }
    }

    /// Waits for its end and answers its status. Blocks the thread; throws `deadline`.
    @discardableResult
    public func wait(_ deadline: Duration = .seconds(10)) throws(ProgramError) -> Int32 {
        do {
            try waitBlocking(deadline, "end of \(program)") { status != nil }
        } catch {
            throw .deadline(program: program, output: output)
        }
        return status ?? -1
    }

    /// Waits for a text in its output. Throws `failed` when it ends without it, `deadline` when time is up.
    public func waitForOutput(_ text: String, _ deadline: Duration = .seconds(10)) throws(ProgramError) {
        var ended: Int32?
        do {
            try waitBlocking(deadline, text) {
                ended = status
                return output.contains(text) || ended != nil
            }
        } catch {
            throw .deadline(program: program, output: output)
        }
        if let ended, !output.contains(text) { throw .failed(program: program, status: ended, output: output) }
    }
}

func exitStatus(_ raw: Int32) -> Int32 {
    raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
}

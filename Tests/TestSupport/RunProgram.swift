import Glibc
import Platform

/// How a program ended.
public struct ProgramResult: Sendable, Equatable {
    /// 0 to 255, or 128 + the number of the signal that ended it.
    public let status: Int32
    /// What it wrote to standard output.
    public let stdout: [UInt8]
    /// What it wrote to standard error.
    public let stderr: [UInt8]

    /// Standard output as text.
    public var text: String { String(decoding: stdout, as: UTF8.self) }
    /// Standard error as text.
    public var errorText: String { String(decoding: stderr, as: UTF8.self) }
}

/// Runs a program to its end and answers what it wrote; blocks the thread.
///
/// - Parameters:
///   - program: found in `PATH` unless it has a slash.
///   - input: its standard input; none when `nil`.
///   - environment: the whole environment; `nil` is this process's own.
///   - deadline: then it is killed and `ProgramError.deadline` thrown.
@discardableResult
public func runProgram(
    _ program: String, _ arguments: [String] = [], input: [UInt8]? = nil, environment: [String: String]? = nil,
    deadline: Duration = .seconds(60)
) throws(ProgramError) -> ProgramResult {
    let folder = TemporaryFolder()
    let standardInput = input.map { _ in folder.file("in") } ?? "/dev/null"
    if let input { writeBytes(input, standardInput) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, standardInput, O_RDONLY, 0)
    for (descriptor, name) in [(Int32(1), "out"), (2, "err")] {
        posix_spawn_file_actions_addopen(&actions, descriptor, folder.file(name), O_WRONLY | O_CREAT, 0o600)
    }
    let pid = try spawn(program, arguments, environment, &actions)
    var raw: Int32 = 0
    do {
        try waitBlocking(deadline, program) { waitpid(pid, &raw, WNOHANG) == pid }
    } catch {
        kill(-pid, SIGKILL)
        waitpid(pid, &raw, 0)
        throw .deadline(program: program, output: String(decoding: readFile(folder.file("err")), as: UTF8.self))
    }
    return ProgramResult(
        status: exitStatus(raw), stdout: readFile(folder.file("out")), stderr: readFile(folder.file("err")))
}

/// Runs a program as `runProgram` does and throws `failed` unless its status is 0.
@discardableResult
public func runSuccessfully(
    _ program: String, _ arguments: [String] = [], input: [UInt8]? = nil, deadline: Duration = .seconds(60)
) throws(ProgramError) -> ProgramResult {
    let result = try runProgram(program, arguments, input: input, deadline: deadline)
    guard result.status == 0 else {
        throw .failed(program: program, status: result.status, output: result.text + result.errorText)
    }
    return result
}

private func writeBytes(_ bytes: [UInt8], _ path: String) {
    let descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    precondition(descriptor >= 0, "open \(path): \(errno)")
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        precondition(count > 0, "write \(path): \(errno)")
        rest = rest.dropFirst(count)
    }
}

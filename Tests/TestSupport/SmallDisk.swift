import Glibc

/// A disk of two megabytes in memory, for tests that fill it.
public final class SmallDisk: Sendable {
    /// Where it is mounted.
    public let path: String
    private let folder: TemporaryFolder

    /// Mounts one. Throws when root cannot mount.
    public init() throws(ProgramError) {
        folder = TemporaryFolder()
        path = folder.path
        try runSuccessfully("mount", ["-t", "tmpfs", "-o", "size=2m,mode=0700", "latchkey-test", path])
    }

    /// Takes every byte that is left.
    public func fill() throws(ProgramError) {
        // dd(1) ends with an error when there is no room for more.
        _ = try runProgram("dd", ["if=/dev/zero", "of=" + path + "/ballast", "bs=4096"])
    }

    /// Makes room: 32 megabytes.
    public func grow() throws(ProgramError) {
        try runSuccessfully("mount", ["-o", "remount,size=32m", path])
    }

    deinit { _ = try? runProgram("umount", ["-l", path]) }
}

import Glibc

/// Ends the process with an exit code and nothing else: what was printed is written out, no exit handler runs
/// (_exit(2)).
///
/// exit(3) would let libraries free what threads that run or end just then free too: OpenSSL 3.0 frees the state of every
/// thread in its handler, and a thread that ends in the same moment frees it a second time, which aborts the process.
/// Nothing here needs such a handler: files are closed, synced and locked by the kernel's word.
public func endProcess(_ code: Int32) -> Never {
    fflush(nil)
    _exit(code)
}

import Platform

/// What lies between the maker of a body and the socket: a few pieces, and whoever is faster waits for the other.
public final class BodyPipe: Sendable {
    /// What the reading side finds.
    public enum Piece: Sendable, Equatable {
        /// Bytes, at least one.
        case bytes(ArraySlice<UInt8>)
        /// None yet; `wake` is called when that changes.
        case waiting
        /// The body was whole.
        case end
        /// The body broke off.
        case broken
    }

    private struct State {
        var pieces: [ArraySlice<UInt8>] = []
        var size = 0
        /// `.end` or `.broken` once nothing more comes.
        var outcome: Piece?
        var isReaderWaiting = false
        var maker: CheckedContinuation<Bool, Never>?
        var lastMove = MonotonicTime.nanoseconds()
    }

    private let state = Lock(State())
    private let capacity: Int
    private let wake: @Sendable () -> Void

    /// - Parameters:
    ///   - capacity: bytes that may lie in the pipe before the maker waits.
    ///   - wake: called once after each `waiting`, on any thread.
    public init(capacity: Int = 262_144, wake: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.wake = wake
    }

    /// Puts bytes in and waits until there is room for more.
    public func send(_ bytes: [UInt8]) async throws(BodyPipeClosed) {
        guard !bytes.isEmpty else { return }
        let isOpen = await withCheckedContinuation { continuation in
            let (isReaderWaiting, answer): (Bool, Bool?) = state.withLock { state in
                guard state.outcome == nil else { return (false, false) }
                state.pieces.append(bytes[...])
                state.size += bytes.count
                state.lastMove = MonotonicTime.nanoseconds()
                defer { state.isReaderWaiting = false }
                guard state.size > capacity else { return (state.isReaderWaiting, true) }
                state.maker = continuation
                return (state.isReaderWaiting, nil)
            }
            if isReaderWaiting { wake() }
            if let answer { continuation.resume(returning: answer) }
        }
        if !isOpen { throw BodyPipeClosed() }
    }

    /// Says that the body is being made though no bytes come yet; throws when nobody waits for it any more.
    public func stillMaking() throws(BodyPipeClosed) {
        let isOpen = state.withLock { state in
            state.lastMove = MonotonicTime.nanoseconds()
            return state.outcome == nil
        }
        if !isOpen { throw BodyPipeClosed() }
    }

    /// Nothing more comes and the body is whole.
    public func finish() { end(.end) }

    /// The body breaks off: its maker failed or its reader has gone. What lies in the pipe is dropped.
    public func breakOff() { end(.broken) }

    /// Nanoseconds since bytes last went in or out.
    public var stillness: UInt64 {
        MonotonicTime.nanoseconds() &- state.withLock { $0.lastMove }
    }

    /// Takes bytes out.
    ///
    /// - Parameters:
    ///   - maximum: at most this many.
    ///   - wait: called before `waiting` is answered, while nobody can wake the reader yet.
    public func take(upTo maximum: Int, wait: () -> Void) -> Piece {
        let (piece, maker): (Piece, CheckedContinuation<Bool, Never>?) = state.withLock { state in
            if state.outcome == .broken { return (.broken, nil) }
            guard let first = state.pieces.first else {
                if let outcome = state.outcome { return (outcome, nil) }
                state.isReaderWaiting = true
                wait()
                return (.waiting, nil)
            }
            let taken = first.prefix(maximum)
            if taken.count == first.count {
                state.pieces.removeFirst()
            } else {
                state.pieces[0] = first.dropFirst(taken.count)
            }
            state.size -= taken.count
            state.lastMove = MonotonicTime.nanoseconds()
            guard state.size <= capacity / 2 else { return (.bytes(taken), nil) }
            defer { state.maker = nil }
            return (.bytes(taken), state.maker)
        }
        maker?.resume(returning: true)
        return piece
    }

    private func end(_ outcome: Piece) {
        let (isReaderWaiting, maker): (Bool, CheckedContinuation<Bool, Never>?) = state.withLock { state in
            guard state.outcome == nil else { return (false, nil) }
            state.outcome = outcome
            if outcome == .broken { state.pieces = [] }
            defer {
                state.isReaderWaiting = false
                state.maker = nil
            }
            return (state.isReaderWaiting, state.maker)
        }
        if isReaderWaiting { wake() }
        maker?.resume(returning: false)
    }
}

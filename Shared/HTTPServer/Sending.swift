import CMicroHTTPD
import Web

/// Hands an answer to the library. A field it refuses (a line break in a value) makes the answer a plain 500: an answer
/// without one of its fields could mean something else.
func send(_ response: Response, over connection: OpaquePointer, closing: Bool) -> MHD_Result {
    guard let whole = libraryResponse(response, closing: closing) else {
        guard let plain = libraryResponse(Response(status: 500), closing: true) else { return .NO }
        defer { MHD_destroy_response(plain) }
        return MHD_queue_response(connection, 500, plain)
    }
    defer { MHD_destroy_response(whole) }
    return MHD_queue_response(connection, UInt32(clamping: response.status), whole)
}

/// Hands an answer to the library whose body comes out of a pipe, in chunks (RFC 9112 §7.1).
func send(_ response: Response, from pipe: BodyPipe, over connection: OpaquePointer, closing: Bool) -> MHD_Result {
    let reader = Unmanaged.passRetained(PipeReader(pipe, connection))
    // UInt64.max is MHD_SIZE_UNKNOWN, a macro with a cast, which is not imported.
    let made = MHD_create_response_from_callback(.max, 65_536, readPipe, reader.toOpaque(), releaseReader)
    if made == nil { reader.release() }
    guard let whole = withFields(of: response, made, closing: closing) else {
        pipe.breakOff()
        return send(Response(status: 500), over: connection, closing: true)
    }
    defer { MHD_destroy_response(whole) }
    return MHD_queue_response(connection, UInt32(clamping: response.status), whole)
}

/// `@unchecked Sendable`: touched by the connection's thread only.
private final class PipeReader: @unchecked Sendable {
    let pipe: BodyPipe
    let connection: OpaquePointer

    init(_ pipe: BodyPipe, _ connection: OpaquePointer) {
        self.pipe = pipe
        self.connection = connection
    }
}

/// Called for the next bytes. Where there are none the connection is suspended before anybody can wake it, and 0 is
/// answered. The negative answers are MHD_CONTENT_READER_END_OF_STREAM and MHD_CONTENT_READER_END_WITH_ERROR, macros with
/// casts.
private func readPipe(
    _ context: UnsafeMutableRawPointer?, _: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ room: Int
) -> Int {
    guard let context, let buffer else { return -2 }
    let reader = Unmanaged<PipeReader>.fromOpaque(context).takeUnretainedValue()
    switch reader.pipe.take(upTo: room, wait: { MHD_suspend_connection(reader.connection) }) {
    case .bytes(let bytes):
        UnsafeMutableRawBufferPointer(start: buffer, count: room).copyBytes(from: bytes)
        return bytes.count
    case .waiting: return 0
    case .end: return -1
    case .broken: return -2
    }
}

private func releaseReader(_ context: UnsafeMutableRawPointer?) {
    if let context { Unmanaged<PipeReader>.fromOpaque(context).release() }
}

private func libraryResponse(_ response: Response, closing: Bool) -> OpaquePointer? {
    let result = response.body.withUnsafeBytes { bytes in
        // MUST_COPY: the library only reads the bytes, and only before this call returns.
        MHD_create_response_from_buffer(
            bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    return withFields(of: response, result, closing: closing)
}

private func withFields(of response: Response, _ result: OpaquePointer?, closing: Bool) -> OpaquePointer? {
    guard let result else { return nil }
    var isWhole = true
    for (name, value) in response.headers {
        isWhole = MHD_add_response_header(result, name, value) == .YES && isWhole
    }
    if closing { isWhole = MHD_add_response_header(result, "Connection", "close") == .YES && isWhole }
    guard isWhole else {
        MHD_destroy_response(result)
        return nil
    }
    return result
}

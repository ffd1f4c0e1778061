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

private func libraryResponse(_ response: Response, closing: Bool) -> OpaquePointer? {
    let result = response.body.withUnsafeBytes { bytes in
        // MUST_COPY: the library only reads the bytes, and only before this call returns.
        MHD_create_response_from_buffer(
            bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
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

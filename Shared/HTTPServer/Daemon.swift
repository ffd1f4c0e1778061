import CMicroHTTPD

/// Starts the library's threads on a listening socket; `nil` when it refuses.
///
/// The daemon keeps the core until `stopDaemon`: a server that is let go without a drain goes on with its requests.
func startDaemon(_ core: ServerCore, on socket: Int32) -> OpaquePointer? {
    var daemon = latchkey_http_daemon()
    daemon.listening_socket = socket
    daemon.threads = UInt32(clamping: max(1, core.settings.threads))
    daemon.connections = UInt32(clamping: max(1, core.settings.maximumConnections))
    daemon.idle_seconds = UInt32(clamping: max(1, core.settings.idleDeadline.wholeSeconds))
    // The head, a structure for each field, and room for the answer's head. The library clears all of it for every request.
    daemon.connection_memory = core.settings.maximumHead + 10_240
    let context = Unmanaged.passRetained(core)
    daemon.context = context.toOpaque()
    daemon.begin = begin
    daemon.handle = handle
    daemon.complete = complete
    daemon.notify = notify
    let started = latchkey_http_start(&daemon)
    if started == nil { context.release() }
    return started
}

/// Ends the library's threads, and its process if a connection is suspended: only for a core that is closed.
func stopDaemon(_ daemon: OpaquePointer, of core: ServerCore) {
    MHD_stop_daemon(daemon)
    Unmanaged.passUnretained(core).release()
}

private func core(_ context: UnsafeMutableRawPointer?) -> ServerCore? {
    context.map { Unmanaged<ServerCore>.fromOpaque($0).takeUnretainedValue() }
}

/// A request line is whole. What is answered becomes the request's context until `complete`.
private func begin(
    _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let core = core(context), let target, let connection, let socket = latchkey_http_context(connection)
    else { return nil }
    let record = Unmanaged<HTTPConnection>.fromOpaque(socket).takeUnretainedValue()
    record.enter(.head)
    return Unmanaged.passRetained(Exchange(core, connection, record, target: target)).toOpaque()
}

private func handle(
    _: UnsafeMutableRawPointer?, _: OpaquePointer?, _: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?, _ piece: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>?,
    _ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let opaque = request?.pointee, let method, let version, let size else { return .NO }
    let exchange = Unmanaged<Exchange>.fromOpaque(opaque).takeUnretainedValue()
    return exchange.advance(method: method, version: version, piece: piece, size: &size.pointee)
}

private func complete(
    _: UnsafeMutableRawPointer?, _: OpaquePointer?, _ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _: MHD_RequestTerminationCode
) {
    guard let opaque = request?.pointee else { return }
    request?.pointee = nil
    Unmanaged<Exchange>.fromOpaque(opaque).takeRetainedValue().end()
}

private func notify(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ socket: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_ConnectionNotificationCode
) {
    guard let core = core(context), let connection, let socket else { return }
    if code == .CONNECTION_NOTIFY_STARTED {
        let record = HTTPConnection(connection)
        core.opened(record)
        socket.pointee = Unmanaged.passRetained(record).toOpaque()
    } else if let opaque = socket.pointee {
        socket.pointee = nil
        core.closed(Unmanaged<HTTPConnection>.fromOpaque(opaque).takeRetainedValue())
    }
}

import Glibc

/// Processor time the threads of this name have used, in ticks of 10 ms (proc(5), `/proc/[pid]/task/[tid]/stat`).
func processorTime(_ name: String) -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var ticks = 0
    while let entry = readdir(folder) {
        let thread = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard let file = fopen("/proc/self/task/\(thread)/stat", "r") else { continue }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 1_024)
        let text = String(decoding: buffer.prefix(fread(&buffer, 1, buffer.count, file)), as: UTF8.self)
        let parts = text.split(separator: ")")
        guard parts.count == 2, parts[0].hasSuffix("(" + name) else { continue }
        let fields = parts[1].split(separator: " ")
        ticks += (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
    }
    return ticks
}

import CLDAP
import Glibc

/// Memory of one call of a C library, wiped and freed at its end: passwords pass through it.
struct CArena {
    private var blocks: [UnsafeMutableRawBufferPointer] = []

    /// A copy of the text with a NUL at its end.
    mutating func string(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = Array(text.utf8CString)
        return list(bytes)
    }

    /// A copy of the bytes; one that is empty has an address too, because none means that there is no value.
    mutating func value(_ bytes: [UInt8]) -> berval {
        let copy = list(bytes.map { CChar(bitPattern: $0) } + [0])
        return berval(bv_len: ber_len_t(bytes.count), bv_val: copy)
    }

    /// A copy of one value.
    mutating func place<Value>(_ value: Value) -> UnsafeMutablePointer<Value> { list([value]) }

    /// A copy of the values, one after the other; there is one at least.
    mutating func list<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        let start = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
        start.initialize(from: values, count: values.count)
        blocks.append(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(start: start, count: values.count)))
        return start
    }

    /// Ends it all.
    mutating func free() {
        for block in blocks {
            if let start = block.baseAddress { explicit_bzero(start, block.count) }
            block.deallocate()
        }
        blocks = []
    }
}

import Crypto
import Model
import Platform

/// A test-only key, the same for every test that needs no folder.
let testKeyring: Keyring = {
    guard let keyring = try? Keyring(keys: ["k0001": Secret([UInt8](repeating: 7, count: 32))]) else {
        preconditionFailure("no keyring")
    }
    return keyring
}()

import Foundation

/// The connections that left a group, in order.
///
/// @unchecked Sendable: `all` is touched under `condition` only.
final class HandedOver: @unchecked Sendable {
    private let condition = NSCondition()
    private var all: [(socket: Int32, bytes: [UInt8])] = []

    func append(_ socket: Int32, _ bytes: [UInt8]) {
        condition.withLock {
            all.append((socket, bytes))
            condition.signal()
        }
    }

    /// The next one, for which it waits; nil when there is none for too long.
    func next() throws -> (peer: Peer, text: String)? {
        let first = condition.withLock { () -> (socket: Int32, bytes: [UInt8])? in
            let end = Date(timeIntervalSinceNow: TimeInterval(Peer.patience.components.seconds))
            while all.isEmpty, condition.wait(until: end) {}
            return all.isEmpty ? nil : all.removeFirst()
        }
        guard let first else { return nil }
        return (try Peer(descriptor: first.socket), String(decoding: first.bytes, as: UTF8.self))
    }
}

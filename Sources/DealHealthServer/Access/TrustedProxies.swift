import DealHealthReactor

/// The proxies whose word is taken for where a request comes from (`X-Forwarded-For`).
///
/// Each proxy appends the address of its own peer, so the list is read from its end: the first address that is no trusted proxy's is
/// the client's, and what stands before it is whatever that client sent.
public struct TrustedProxies: Sendable, Equatable {
    /// A range of addresses (RFC 4632): those that share its first `length` bits.
    struct Network: Sendable, Equatable {
        let address: PeerAddress
        /// In [0, 128]; that of IPv4 is counted in the mapped form.
        let length: Int

        func contains(_ other: PeerAddress) -> Bool {
            let highMask = length >= 64 ? UInt64.max : length == 0 ? 0 : UInt64.max << UInt64(64 - length)
            let lowMask = length <= 64 ? 0 : length == 128 ? UInt64.max : UInt64.max << UInt64(128 - length)
            return (address.high ^ other.high) & highMask == 0 && (address.low ^ other.low) & lowMask == 0
        }
    }

    /// Entries of a field that are looked at: more proxies than that do not stand one behind the other.
    private static let entriesMax = 16

    private let networks: [Network]

    /// Trusts nobody.
    public init() {
        networks = []
    }

    /// Trusts these networks or addresses, like `10.0.0.0/8` or `::1`; throws which of them is none.
    public init(_ texts: [String]) throws(AccessFault) {
        var networks: [Network] = []
        for text in texts {
            guard let network = Self.network(text) else {
                throw AccessFault("\(text) is no address and no network in CIDR notation, like 10.0.0.0/8")
            }
            networks.append(network)
        }
        self.networks = networks
    }

    private static func network(_ text: String) -> Network? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = PeerAddress(parts[0]) else { return nil }
        if parts.count == 1 { return Network(address: address, length: 128) }
        let lengthMax = address.isIPv4 ? 32 : 128
        guard parts.count == 2, let length = Int(parts[1]), (0...lengthMax).contains(length) else { return nil }
        return Network(address: address, length: length + 128 - lengthMax)
    }

    private func contains(_ address: PeerAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }

    /// Whose request it is that came from `peer` with this value of `X-Forwarded-For`.
    func client(of peer: PeerAddress, forwardedFor: UnsafeRawBufferPointer?) -> PeerAddress {
        guard let forwardedFor, !networks.isEmpty, contains(peer) else { return peer }
        var client = peer
        let list = String(decoding: forwardedFor, as: UTF8.self)
        for entry in list.split(separator: ",", omittingEmptySubsequences: false).reversed().prefix(Self.entriesMax) {
            // What no proxy of ours would have written ends the search: the last one that is known is to blame.
            guard let address = Self.address(entry) else { break }
            client = address
            if !contains(address) { break }
        }
        return client
    }

    /// The address in an entry, which may have blanks around it, brackets and a port.
    private static func address(_ entry: Substring) -> PeerAddress? {
        let text = entry.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
        let trimmed = String(text)
        if trimmed.hasPrefix("["), let end = trimmed.firstIndex(of: "]") {
            return PeerAddress(trimmed[trimmed.index(after: trimmed.startIndex)..<end])
        }
        if let address = PeerAddress(trimmed) { return address }
        let parts = trimmed.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? PeerAddress(parts[0]) : nil
    }
}

/// A setting of access that cannot be used, for a person.
public struct AccessFault: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

public import Glibc

/// An internet address: IPv6, or IPv4 mapped into it (RFC 4291 §2.5.5.2).
public struct PeerAddress: Sendable, Hashable {
    /// The first eight bytes, as a number in network order, and the last eight.
    public let high: UInt64
    public let low: UInt64

    /// Of a peer that has none, or that is gone: `::`, which nobody sends from.
    public static let unknown = PeerAddress(high: 0, low: 0)

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A socket's address; `unknown` when it is not an internet one. All of the structure MUST be there.
    public init(_ address: UnsafePointer<sockaddr>) {
        let bytes = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET: self.init(ipv4: bytes.loadUnaligned(as: sockaddr_in.self).sin_addr)
        case AF_INET6: self.init(ipv6: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
        default: self = .unknown
        }
    }

    /// The address of the peer that `socket` is connected to.
    init(ofPeer socket: Int32) {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        self = withUnsafeMutableBytes(of: &address) { bytes in
            guard let start = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                getpeername(socket, start, &length) == 0
            else { return .unknown }
            return PeerAddress(start)
        }
    }

    /// An address in its usual notation (inet_pton(3)), without brackets, port or zone; nil when it is none.
    public init?(_ text: some StringProtocol) {
        var ipv4 = in_addr()
        var ipv6 = in6_addr()
        let text = String(text)
        if inet_pton(AF_INET, text, &ipv4) == 1 {
            self.init(ipv4: ipv4)
        } else if inet_pton(AF_INET6, text, &ipv6) == 1 {
            self.init(ipv6: ipv6)
        } else {
            return nil
        }
    }

    private init(ipv4: in_addr) {
        self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(UInt32(bigEndian: ipv4.s_addr)))
    }

    private init(ipv6: in6_addr) {
        let (high, low) = withUnsafeBytes(of: ipv6) { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
        }
        self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
    }

    public var isIPv4: Bool {
        high == 0 && low >> 32 == 0xFFFF
    }
}

extension PeerAddress: CustomStringConvertible {
    public var description: String {
        let family = isIPv4 ? AF_INET : AF_INET6
        let bytes = withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        bytes.withUnsafeBytes { bytes in
            let start = bytes.baseAddress.map { $0 + (isIPv4 ? 12 : 0) }
            _ = inet_ntop(family, start, &text, socklen_t(text.count))
        }
        return text.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

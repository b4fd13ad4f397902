import DealHealthReactor
import Testing

@testable import DealHealthServer

@Suite struct TrustedProxiesTests {
    private static func client(_ peer: String, _ forwarded: String?, _ trusted: [String]) throws -> String {
        let proxies = try TrustedProxies(trusted)
        let peer = try #require(PeerAddress(peer))
        guard let forwarded else { return proxies.client(of: peer, forwardedFor: nil).description }
        return Array(forwarded.utf8).withUnsafeBytes { proxies.client(of: peer, forwardedFor: $0).description }
    }

    @Test(
        arguments: [
            ("9.9.9.9", "1.2.3.4", "9.9.9.9"),  // not a proxy of ours: what it says is nothing
            ("10.0.0.1", nil, "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
            ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  // the client wrote the first
            ("10.0.0.1", "1.2.3.4, 10.9.9.9", "1.2.3.4"),  // two proxies
            ("10.0.0.1", "10.1.1.1,10.2.2.2", "10.1.1.1"),
            ("10.0.0.1", "1.2.3.4:5678", "1.2.3.4"),
            ("10.0.0.1", " [2001:db8::1]:443 ", "2001:db8::1"),
            ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
            ("10.0.0.1", "unknown", "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", ",", "10.0.0.1"),
            ("fd00::7", "1.2.3.4", "1.2.3.4"),
            ("::1", "1.2.3.4", "::1"),
        ] as [(String, String?, String)])
    func theClientIsTheLastThatNoProxyOfOursIs(_ peer: String, _ forwarded: String?, _ client: String) throws {
        #expect(try Self.client(peer, forwarded, ["10.0.0.0/8", "fd00::/8"]) == client)
    }

    @Test func networksHoldTheirAddresses() throws {
        for (network, inside, outside) in [
            ("0.0.0.0/0", "255.1.2.3", "2001:db8::1"), ("::/0", "1.2.3.4", nil),
            ("192.168.1.0/25", "192.168.1.127", "192.168.1.128"),
            ("2001:db8::/65", "2001:db8::7fff:ffff:ffff:ffff", "2001:db8:0:0:8000::"),
            ("1.2.3.4", "1.2.3.4", "1.2.3.5"),
            ("2001:db8::/64", "2001:db8::1", "2001:db8:0:1::1"),
        ] as [(String, String, String?)] {
            #expect(try Self.client(inside, "9.8.7.6", [network]) == "9.8.7.6", "\(network)")
            if let outside { #expect(try Self.client(outside, "9.8.7.6", [network]) == outside, "\(network)") }
        }
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0/8", "a/8", "10.0.0.0/8/8", "1.2.3.4/"] {
            #expect(throws: AccessFault.self, "\(text)") { try TrustedProxies([text]) }
        }
    }
}

import DealHealthEngine
import NIOCore
import NIOSSL

/// The certificate that the server shows and its key. They can be replaced at any time, for connections to come. Any thread may call it.
public final class TLSIdentity: Sendable {
    /// What ALPN calls HTTP/2 (RFC 9113 §3.2) and HTTP/1.1.
    static let http2 = "h2"
    private static let http1 = "http/1.1"

    private let current: Locked<NIOSSLContext>

    /// - Parameters:
    ///   - chain: the server's own certificate and those that it rests on, but for the root; in PEM.
    ///   - key: its private key, in PEM.
    public init(chain: [UInt8], key: [UInt8]) throws(ServerError) {
        current = Locked(try Self.context(chain, key))
    }

    /// Shows another certificate from now on; when it throws, still the same.
    public func replace(chain: [UInt8], key: [UInt8]) throws(ServerError) {
        let context = try Self.context(chain, key)
        current.withLock { $0 = context }
    }

    /// What a new connection starts with.
    var context: NIOSSLContext {
        current.withLock { $0 }
    }

    private static func context(_ chain: [UInt8], _ key: [UInt8]) throws(ServerError) -> NIOSSLContext {
        let certificates: [NIOSSLCertificate] = try gate("the certificate file holds no certificate chain in PEM") {
            let certificates = try NIOSSLCertificate.fromPEMBytes(chain)
            if certificates.isEmpty { throw NIOSSLError.failedToLoadCertificate }
            return certificates
        }
        let key = try gate("the key file holds no private key in PEM") {
            try NIOSSLPrivateKey(bytes: key, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        // Older versions are broken (RFC 8996).
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = [http2, http1]
        configuration.shutdownTimeout = TimeAmount(ServerLimits.lingerTimeout)
        return try gate("the certificate and the key do not belong together") {
            try NIOSSLContext(configuration: configuration)
        }
    }

    private static func gate<Value>(_ message: String, _ body: () throws -> Value) throws(ServerError) -> Value {
        do {
            return try body()
        } catch {
            throw ServerError(.badCertificate, message, cause: error)
        }
    }
}

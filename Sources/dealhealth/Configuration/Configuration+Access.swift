import DealHealthServer

extension Configuration {
    /// Whether the server listens on loopback, although `HOST` says otherwise: whoever reaches it may write, since there are no tokens.
    var isHostOverruled: Bool {
        tokens.secret == nil && !Self.isLoopback(server.host)
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// The verifier of tokens, whose keys can be replaced; nil without a secret.
    func keyRing() throws -> KeyRing? {
        guard let secret = tokens.secret else { return nil }
        return KeyRing(keys: try TokenKeys(secret.text), issuer: tokens.issuer, audience: tokens.audience)
    }

    /// Who may do what, with the keys in `ring`.
    func accessSettings(_ ring: KeyRing?) throws -> AccessSettings {
        var access = AccessSettings()
        access.keys = ring
        access.areReadsProtected = tokens.areReadsProtected
        access.rateLimit = try rateLimit.requestsPerMinute.map { perMinute in
            try DealHealthServer.RateLimit(requestsPerMinute: perMinute, burst: rateLimit.burstSize)
        }
        access.trustedProxies = try trustedProxies
        access.cors = try corsPolicy
        return access
    }

    var trustedProxies: TrustedProxies {
        get throws { try TrustedProxies(proxies.trusted) }
    }

    /// Nil where no other site's pages may call.
    var corsPolicy: CORSPolicy? {
        get throws {
            if crossOrigin.allowedOrigins.isEmpty { return nil }
            return try CORSPolicy(
                origins: crossOrigin.allowedOrigins, methods: crossOrigin.allowedMethods,
                headers: crossOrigin.allowedHeaders)
        }
    }

    /// What `make` finds wrong with a setting of access, to complete a sentence that begins with its name.
    func accessFault(_ make: (Configuration) throws -> Void) -> String? {
        do {
            try make(self)
            return nil
        } catch {
            return "cannot be used: \(error)"
        }
    }
}

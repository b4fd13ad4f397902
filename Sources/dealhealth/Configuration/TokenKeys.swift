import Foundation

/// The keys in `JWT_SECRET`, which is one of
///
///     a text of at least 32 bytes                  one key, without an id
///     {"2026-11":"…32 bytes…","2026-12":"…"}       keys by their id (`kid`), when it begins with {
///
/// so that a key can be replaced while tokens of the old one are still about.
struct TokenKeys: Sendable, Equatable {
    /// By id; the id of a single key is empty.
    let secrets: [String: Secret]

    /// What HMAC-SHA256 needs to be as strong as its output (RFC 7518 §3.2).
    static let secretBytesMin = 32
    /// A token's key is looked up by its id, but nobody rotates through more.
    static let countMax = 16

    /// Nil if the text has neither form.
    init?(_ secret: Secret) {
        if secret.text.hasPrefix("{") {
            guard let secrets = try? JSONDecoder().decode([String: String].self, from: Data(secret.text.utf8)),
                secrets[""] == nil
            else { return nil }
            self.secrets = secrets.mapValues(Secret.init)
        } else {
            secrets = ["": secret]
        }
        guard !secrets.isEmpty, secrets.count <= Self.countMax,
            secrets.values.allSatisfy({ $0.text.utf8.count >= Self.secretBytesMin })
        else { return nil }
    }

    /// The key that signs: `activeID`'s, else the only one. Nil if that is none or not clear.
    func active(_ activeID: String?) -> (id: String, secret: Secret)? {
        guard let activeID else { return secrets.count == 1 ? secrets.first.map { ($0.key, $0.value) } : nil }
        return secrets[activeID].map { (activeID, $0) }
    }
}

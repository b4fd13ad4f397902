import Crypto
import DealHealthCore
import Foundation

/// The secrets that tokens are signed and checked with.
///
/// Several at once let a secret be replaced without a moment in which valid tokens are refused: put the new one in front (it signs from
/// then on), and take the old one out when the last token that it signed has expired, or at once when it leaked.
public struct TokenKeys: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// One secret.
    struct Key: Sendable {
        /// The id that a token names it by, in visible ASCII; nil for the only one, of which a token says nothing.
        let id: [UInt8]?
        private let secret: SymmetricKey

        init(id: [UInt8]?, secret: [UInt8]) {
            self.id = id
            self.secret = SymmetricKey(data: secret)
        }

        /// The HMAC-SHA-256 of `bytes`.
        func signature(of bytes: [UInt8]) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: bytes, using: secret))
        }

        /// Whether `signature` is that of `bytes`; takes as long whatever they hold.
        func isValid(_ signature: [UInt8], of bytes: UnsafeRawBufferPointer) -> Bool {
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: bytes, using: secret)
        }
    }

    /// What `init` takes, to complete the sentence "it must be …".
    public static let allowed =
        "at least \(ServerLimits.tokenSecretBytesMin) bytes, or {\"kid\":\"secret\",…} with 1 to \(ServerLimits.tokenKeysMax) of these"

    /// *Invariant:* not empty, at most `ServerLimits.tokenKeysMax`; either one without an id, or all with ids that differ.
    private let keys: [Key]

    /// Keys from the setting `JWT_SECRET`: the secret itself, or a JSON object `{"kid":"secret",…}`, of which the first signs.
    public init(_ text: String) throws(TokenKeysFault) {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "{") else {
            try Self.check(secret: bytes, name: "JWT_SECRET")
            keys = [Key(id: nil, secret: bytes)]
            return
        }
        guard let object = JSONObject(bytes) else {
            throw TokenKeysFault(
                "JWT_SECRET begins with { but is no JSON object {\"kid\":\"secret\",…} in which no kid comes twice")
        }
        guard !object.members.isEmpty, object.members.count <= ServerLimits.tokenKeysMax else {
            throw TokenKeysFault(
                "JWT_SECRET has \(object.members.count) keys; it must have 1 to \(ServerLimits.tokenKeysMax)")
        }
        var keys: [Key] = []
        for (index, member) in object.members.enumerated() {
            // Not by its id: who mixes up the two would find the secret in a log.
            keys.append(try Self.key(id: member.key, secret: member.value, name: "key \(index + 1) of JWT_SECRET"))
        }
        self.keys = keys
    }

    /// The key that new tokens are signed with.
    var signing: Key {
        keys[0]
    }

    /// The key that a token names by `id`, or by saying nothing; nil when there is none.
    func key(_ id: [UInt8]?) -> Key? {
        keys.first { $0.id == id }
    }

    private static func key(id: [UInt8], secret: JSONObject.Value, name: String) throws(TokenKeysFault) -> Key {
        guard !id.isEmpty, id.count <= ServerLimits.tokenKeyIDBytesMax, id.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw TokenKeysFault(
                "\(name) has an unusable kid: it must be 1 to \(ServerLimits.tokenKeyIDBytesMax) visible ASCII characters"
            )
        }
        guard case .string(let bytes) = secret else {
            throw TokenKeysFault("\(name) has a secret that is not a string")
        }
        try check(secret: bytes, name: name)
        return Key(id: id, secret: bytes)
    }

    private static func check(secret: [UInt8], name: String) throws(TokenKeysFault) {
        guard secret.count >= ServerLimits.tokenSecretBytesMin else {
            throw TokenKeysFault(
                "\(name) has \(secret.count) bytes; it must have at least \(ServerLimits.tokenSecretBytesMin): "
                    + "`openssl rand -base64 48` makes a good one")
        }
    }

    /// How many there are, and nothing of what they are.
    public var description: String {
        keys.count == 1 ? "1 key" : "\(keys.count) keys"
    }

    public var debugDescription: String {
        description
    }
}

import Testing

@testable import DealHealthServer

@Suite struct TokenKeysTests {
    private static let secret = "0123456789abcdef0123456789abcdef"

    @Test func aSecretIsOneKeyWithoutAnID() throws {
        let keys = try TokenKeys(Self.secret)
        #expect(keys.signing.id == nil && keys.key(nil) != nil && keys.key([]) == nil)
    }

    @Test func anObjectIsSeveralAndTheFirstSigns() throws {
        let keys = try TokenKeys(#"{"z":"\#(Self.secret)","a":"\#(Self.secret)!"}"#)
        #expect(keys.signing.id == Array("z".utf8))
        #expect(keys.key(Array("a".utf8)) != nil && keys.key(nil) == nil)
    }

    @Test func bytesCountAndNotCharacters() throws {
        _ = try TokenKeys(String(repeating: "é", count: 16))
        #expect(throws: TokenKeysFault.self) { try TokenKeys(String(repeating: "x", count: 31)) }
    }

    /// What is wrong is said, and nothing of the text.
    @Test(arguments: [
        ("", "has 0 bytes"), ("hunter2-hunter2", "has 15 bytes"),
        ("{}", "has 0 keys"), (#"{"hunter2":"hunter2"}"#, "key 1 of JWT_SECRET has 7 bytes"),
        (#"{"a":"\#(secret)","b":1}"#, "key 2 of JWT_SECRET has a secret that is not a string"),
        (#"{"":"\#(secret)"}"#, "key 1 of JWT_SECRET has an unusable kid"),
        (#"{"a b":"\#(secret)"}"#, "unusable kid"), (#"{"é":"\#(secret)"}"#, "unusable kid"),
        (#"{"\#(String(repeating: "k", count: 65))":"\#(secret)"}"#, "unusable kid"),
        (#"{"a":"\#(secret)","a":"\#(secret)"}"#, "no JSON object"),
        ("{hunter2 hunter2 hunter2 hunter2 hunter2", "no JSON object"),
        (#"{"a":"\#(secret)"} x"#, "no JSON object"),
        ("{" + (0..<17).map { #""k\#($0)":"\#(secret)""# }.joined(separator: ",") + "}", "has 17 keys"),
    ])
    func unusableTextIsExplained(text: String, explanation: String) {
        let fault = #expect(throws: TokenKeysFault.self) { try TokenKeys(text) }
        #expect(fault?.message.contains(explanation) == true)
        #expect(fault?.message.contains("hunter2") == false && fault?.message.contains(Self.secret) == false)
    }

    @Test func secretsDoNotShow() throws {
        let keys = try TokenKeys(#"{"a":"\#(Self.secret)"}"#)
        var dumped = ""
        dump(keys, to: &dumped)
        let verifier = TokenVerifier(keys: keys, issuer: nil, audience: nil)
        for text in ["\(keys)", String(reflecting: keys), dumped, "\(verifier)", String(reflecting: verifier)] {
            #expect(!text.contains("0123456789abcdef"))
        }
    }
}

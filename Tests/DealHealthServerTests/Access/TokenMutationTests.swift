import DealHealthTesting
import Foundation
import Testing

@testable import DealHealthServer

@Suite struct TokenMutationTests {
    /// Mutated tokens, each looked up beside the good ones that it was made from. `TOKEN_MUTATIONS` sets how many.
    @Test func noMutatedTokenIsTakenAndNoGoodOneRefused() {
        let count = ProcessInfo.processInfo.environment["TOKEN_MUTATIONS"].flatMap(Int.init) ?? 20_000
        var mutator = TokenMutator(seed: 7)
        let ring = KeyRing(TokenForge.plain)
        var cache = TokenCache()
        var good: [[UInt8]] = [mutator.token(), mutator.token()]
        for round in 0..<count {
            if round % 8 == 0 {
                good[round / 8 % 2] = mutator.token()
                for token in good {
                    #expect(cache.verdict(token, ring: ring).fault == nil, "good token of round \(round)")
                }
            }
            let mutated = mutator.mutation(of: good[round % 2], beside: good[(round + 1) % 2])
            // Changes that take each other back, or a part that both have, make no other token.
            if good.contains(mutated) { continue }
            // An expectation for each would take longer than what is tested.
            if cache.verdict(mutated, ring: ring).fault == nil || TokenForge.plain.verdict(mutated).fault == nil {
                Issue.record("round \(round) was taken: \(String(decoding: mutated, as: UTF8.self))")
                return
            }
        }
    }
}

/// Makes good tokens, and changes them as bad luck or an attacker without the key might.
private struct TokenMutator {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let strays = Array("=.+/ \n\r\t\u{0}~%\"".utf8) + [0x80, 0xFF]
    /// What an attacker would like to be read.
    private static let wishes = [
        (#""HS256""#, #""none""#), ("HS256", "HS512"), ("deals:read", "admin"), ("deals:read", "deals:reaD"),
        ("1780", "1781"), (#""sub""#, #""Sub""#), ("shop", "root"), ("}", #","scope":"admin"}"#),
        ("{", #"{"exp":9999999999,"#), (",", ", "),
    ]
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    private mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &generator)
    }

    private mutating func one(of texts: [String]) -> String {
        texts[below(texts.count)]
    }

    /// A token of a random form that is taken.
    mutating func token() -> [UInt8] {
        let headers = [
            TokenForge.header, #"{"alg":"HS256"}"#, #"{ "typ" : "jwt", "alg" : "HS256" }"#,
            #"{"alg":"HS256","x":[1,{"y":null}]}"#,
        ]
        let payload = TokenForge.payload([
            "sub": one(of: [
                #""shop-\#(below(1_000_000))""#, #""\u00e9\ud83d\ude00""#,
                #""\#(String(repeating: "s", count: 1 + below(255)))""#,
            ]),
            "scope": one(of: [#""deals:read""#, #""events:write deals:read""#, #""""#, #""a b c deals:read""#]),
            "exp": "\(TokenForge.seconds + 1 + Int64(below(300_000_000)))",
            "iat": one(of: ["", "\(TokenForge.seconds - Int64(below(1_000)))", "0"]),
            "nbf": one(of: ["", "\(TokenForge.seconds + 60 - Int64(below(1_000)))"]),
            "jti": one(of: ["", #""7f""#]),
            "x": one(of: ["", "1.5e10", "[[[]]]", #"{"a":{"a":"a"}}"#]),
        ])
        return Array(TokenForge.token(one(of: headers), payload).utf8)
    }

    /// `token` with one to three changes, some of which take parts of `other`.
    mutating func mutation(of token: [UInt8], beside other: [UInt8]) -> [UInt8] {
        var mutated = token
        for _ in 0...below(3) { change(&mutated, beside: other) }
        return mutated
    }

    private mutating func change(_ token: inout [UInt8], beside other: [UInt8]) {
        guard !token.isEmpty else { return }
        let place = below(token.count)
        switch below(12) {
        case 0: token[place] ^= 1 << UInt8(below(8))
        case 1: token[place] = Self.alphabet[below(64)]
        case 2: token[place] = Self.strays[below(Self.strays.count)]
        case 3: token.insert(Self.alphabet[below(64)], at: place)
        case 4: token.insert(Self.strays[below(Self.strays.count)], at: place)
        case 5: token.remove(at: place)
        case 6: token.removeLast(below(token.count) + 1)
        case 7: token.swapAt(place, below(token.count))
        case 8: token.append(contentsOf: token[place...])
        case 9: token.replaceSubrange(place..., with: other.dropFirst(place))
        case 10: exchangePart(&token, with: other)
        default: rewritePart(&token)
        }
    }

    /// A part of one token in the other.
    private mutating func exchangePart(_ token: inout [UInt8], with other: [UInt8]) {
        var parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
        let others = other.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
        let index = below(min(parts.count, others.count))
        parts[index] = others[index]
        token = Array(parts.joined(separator: [UInt8(ascii: ".")]))
    }

    /// Another header or payload in good base64, under the signature that is there.
    private mutating func rewritePart(_ token: inout [UInt8]) {
        var parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
        let index = below(min(parts.count, 2))
        guard let bytes = Base64URL.decode(parts[index]) else { return }
        let (from, to) = Self.wishes[below(Self.wishes.count)]
        let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: from, with: to)
        parts[index] = Array(TokenForge.base64(text).utf8)
        token = Array(parts.joined(separator: [UInt8(ascii: ".")]))
    }
}

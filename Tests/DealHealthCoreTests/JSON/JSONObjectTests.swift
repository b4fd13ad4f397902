import Testing

@testable import DealHealthCore

@Suite struct JSONObjectTests {
    @Test func readsMembersInTheirOrder() throws {
        let text = #" {"b":"x\u00e9","a":-7,"c":["p","\n"],"d":[],"e":1.0,"f":["p",1],"g":{"h":[null]},"i":null} "#
        let object = try #require(JSONObject(Array(text.utf8)))
        #expect(
            object.members.map { String(decoding: $0.key, as: UTF8.self) } == ["b", "a", "c", "d", "e", "f", "g", "i"])
        #expect(object["b"] == .string(Array("xé".utf8)) && object["a"] == .integer(-7))
        #expect(object["c"] == .strings([Array("p".utf8), [10]]) && object["d"] == .strings([]))
        #expect(object["e"] == .other && object["f"] == .other && object["g"] == .other && object["i"] == .other)
        #expect(object["j"] == nil)
    }

    @Test(arguments: [
        "", " ", "[]", "1", "null", #""a""#, "{", "}", "{}{}", "{} x", #"{"a":1,}"#, #"{"a"}"#, #"{a:1}"#, "\u{FEFF}{}",
        #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"x":{"a":1,"a":1}}"#, #"{"x":[{"a":1,"a":1}]}"#,
        #"{"a":"\ud800"}"#,
        #"{"\udc00":1}"#, #"{"a":01}"#, #"{"a":NaN}"#,
        #"{"a":\#(String(repeating: "[", count: 200))\#(String(repeating: "]", count: 200))}"#,
    ])
    func refuses(text: String) {
        #expect(JSONObject(Array(text.utf8)) == nil)
    }

    @Test func refusesWhatIsNotUTF8() {
        #expect(JSONObject(Array(#"{"a":""#.utf8) + [0xC0, 0xAE] + Array(#""}"#.utf8)) == nil)
        #expect(JSONObject(Array(#"{""#.utf8) + [0xFF] + Array(#"":1}"#.utf8)) == nil)
    }

    /// Keys are compared by their bytes: the sign for kelvin is no K.
    @Test func tellsKeysThatLookTheSameApart() throws {
        let object = try #require(JSONObject(Array("{\"\u{212A}\":1,\"K\":2}".utf8)))
        #expect(object["K"] == .integer(2) && object.members.count == 2)
    }
}

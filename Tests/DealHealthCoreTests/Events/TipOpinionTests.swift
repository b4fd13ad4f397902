import Testing

@testable import DealHealthCore

/// The rule of `TipOpinion`; the base tip has reputation 80 and confidence 0.5.
@Suite struct TipOpinionTests {
    @Test(arguments: [
        (#"{"is_valid":true}"#, true, 0.4), (#"{"is_valid":false}"#, false, 0.4), (#"{"works":true}"#, true, 0.4),
        (#"{"works":false,"is_valid":true}"#, true, 0.4), (#"{"works":false,"is_valid":null}"#, false, 0.4),
        (#"{"is_valid":true,"strength":0.5}"#, true, 0.2), (#"{"is_valid":true,"strength":7}"#, true, 0.4),
        (#"{"is_valid":true,"strength":"x"}"#, true, 0.4), (#"{"is_valid":false,"strength":0}"#, false, 0),
        (#"{"sentiment":"positive"}"#, true, 0.4), (#"{"sentiment":"negative"}"#, false, 0.4),
        (#"{"sentiment":"neutral"}"#, false, 0), (#"{"sentiment":"neutral","strength":1}"#, false, 0),
        (#"{"sentiment":0.5}"#, true, 0.2), (#"{"sentiment":-0.25}"#, false, 0.1), (#"{"sentiment":0}"#, false, 0),
        (#"{"sentiment":-1,"strength":0.5}"#, false, 0.2), (#"{"sentiment":"posi\u0074ive"}"#, true, 0.4),
        (#"{"s\u0065ntiment":"negative","x":[1,{"is_valid":true}]}"#, false, 0.4),
        (#"{"is_valid":true,"confidence":0.1}"#, true, 0.4),
    ])
    func takesStructuredData(structured: String, works: Bool, mass: Double) throws {
        let event = try EventText.decode(EventText.event(.communityTip, "structured_data", structured)).get()
        #expect(event.works == works)
        #expect(abs(event.mass - mass) < 1e-12)
    }

    @Test(arguments: [
        (#"{"is_valid":true,"confidence":0.25}"#, 0.2), (#"{"is_valid":true}"#, 0.8),
        (#"{"is_valid":true,"confidence":2}"#, 0.8), (#"{"is_valid":true,"confidence":-1}"#, 0.8),
    ])
    func takesConfidenceFromStructuredData(structured: String, mass: Double) throws {
        var members = EventText.tip.filter { $0.0 != "confidence_score" }
        members = members.map { $0.0 == "structured_data" ? ($0.0, structured) : $0 }
        let event = try EventText.decode(EventText.object(members)).get()
        #expect(abs(event.mass - mass) < 1e-12)
    }

    @Test(
        arguments: [
            nil, "null", "{}", #"{"confidence":0.1,"strength":1}"#, #"{"is_valid":"yes","sentiment":"great"}"#,
            #"{"sentiment":1.5}"#, #"{"sentiment":[]}"#,
        ] as [String?])
    func judgesTheTextOtherwise(structured: String?) throws {
        for text in ["Worked today, 20% off", "Expired. Code not valid."] {
            var members = EventText.tip.filter { $0.0 != "structured_data" && $0.0 != "tipText" }
            members.append(("tipText", "\"\(text.replacing("o", with: "\\u006f"))\""))
            if let structured { members.append(("structured_data", structured)) }
            let judgement = Array(text.utf8).withUnsafeBytes { TipRules.judge($0) }
            let given = try EventText.decode(EventText.object(members)).get()
            #expect(abs(given.mass - 0.8 * 0.5 * judgement.strength) < 1e-12)
            #expect(given.works == (judgement.works && given.mass > 0))
            let own = try EventText.decode(EventText.object(members.filter { $0.0 != "confidence_score" })).get()
            #expect(abs(own.mass - 0.8 * judgement.confidence * judgement.strength) < 1e-12)
        }
    }

    @Test func reputationIsFiftyUnlessGiven() throws {
        let half = try EventText.decode(EventText.event(.communityTip, "userReputation", nil)).get()
        #expect(abs(half.mass - 0.25) < 1e-12)
        let none = try EventText.decode(EventText.event(.communityTip, "userReputation", "0")).get()
        #expect(none.mass == 0 && !none.works)
    }
}

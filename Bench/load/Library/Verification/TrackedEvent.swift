import DealHealthCore

/// One event of a ledger, made from its place alone: nothing of it has to be remembered but that it was sent.
///
/// A third each are tests, verifications and tips; two of three say that the deal works; they happened up to 30 days ago, so that half of
/// them come late.
struct TrackedEvent {
    /// The deal's key.
    let key: Int
    /// Which of the deal's events, from 0.
    let sequence: Int
    let time: Timestamp
    private let kind: Kind
    private let works: Bool
    /// Reputation of who says so, [1, 100]; of a test, unused.
    private let reputation: Int
    /// How sure the analysis of a tip is, hundredths, [1, 100].
    private let confidenceHundredths: Int

    private enum Kind: Int {
        case test, verification, tip
    }

    private static let ageMax: Duration = .seconds(30 * 86_400)

    init(key: Int, sequence: Int, settings: LedgerSettings) {
        self.key = key
        self.sequence = sequence
        var dealRandom = SeededRandom(seed: settings.seed, part: UInt64(key))
        var random = SeededRandom(seed: dealRandom.next(), part: UInt64(sequence))
        let age = random.next() % UInt64(Self.ageMax.wholeMicroseconds)
        time = Timestamp(microseconds: settings.startedAt.microseconds - Int64(age))
        let draw = random.next()
        kind = Kind(rawValue: Int(draw % 3)) ?? .test
        works = (draw >> 8) % 3 != 0
        reputation = Int((draw >> 16) % 100) + 1
        confidenceHundredths = Int((draw >> 32) % 100) + 1
    }

    /// The same as evidence, `at` the instant of a score.
    func piece(at instant: Timestamp) -> EvidenceFold.Piece {
        let (source, mass): (EvidenceFold.Piece.Source, Double) =
            switch kind {
            case .test: (.automatedTest, 1)
            case .verification: (.communityVerification, Double(reputation) / 100)
            case .tip: (.communityTip, Double(reputation) / 100 * Double(confidenceHundredths) / 100)
            }
        let microseconds = Double(instant.microseconds - time.microseconds)
        return EvidenceFold.Piece(source: source, works: works, mass: mass, ageDays: microseconds / 86_400e6)
    }

    /// Its id: names its place.
    func id(_ settings: LedgerSettings) -> String {
        "\(settings.run)-\(key)-\(sequence)"
    }

    /// Appends it as JSON, in one line without a break at the end.
    func append(to bytes: inout [UInt8], settings: LedgerSettings) {
        let type =
            switch kind {
            case .test: "AutomatedTestResult"
            case .verification: "CommunityVerification"
            case .tip: "CommunityTip"
            }
        bytes.append(utf8: #"{"type":""#, type, #"","promotionId":""#)
        settings.dealName.append(key, to: &bytes)
        bytes.append(utf8: #"","eventId":""#, settings.run, "-")
        bytes.append(decimal: key)
        bytes.append(utf8: "-")
        bytes.append(decimal: sequence)
        bytes.append(utf8: #"","timestamp":""#)
        time.appendRFC3339 { bytes.append($0) }
        bytes.append(utf8: #"","merchantId":"#)
        bytes.append(decimal: key % 50 + 1)
        let truth = works ? "true" : "false"
        switch kind {
        case .test:
            bytes.append(utf8: #","success":"#, truth, #","discountValue":20}"#)
        case .verification:
            bytes.append(utf8: #","verifierId":"v1","verifierReputationScore":"#)
            bytes.append(decimal: reputation)
            bytes.append(utf8: #","is_valid":"#, truth, "}")
        case .tip:
            bytes.append(utf8: #","tipText":"as analysed","userReputation":"#)
            bytes.append(decimal: reputation)
            bytes.append(utf8: #","structured_data":{"is_valid":"#, truth, #"},"confidence_score":"#)
            bytes.append(decimal: confidenceHundredths / 100)
            bytes.append(utf8: confidenceHundredths % 100 < 10 ? ".0" : ".")
            bytes.append(decimal: confidenceHundredths % 100)
            bytes.append(utf8: "}")
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(utf8 pieces: String...) {
        for piece in pieces { append(contentsOf: piece.utf8) }
    }
}

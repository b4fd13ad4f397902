import DealHealthCore
import DealHealthEngine

/// The entity tag of a deal's health: `W/"<16 hexadecimal digits>-<LSN>"` (RFC 9110 §8.8.3).
///
/// The LSN is the deal's, so the tag changes with each of its events. The digits are `ScoringVersion.tag`, since another log, or
/// other settings, may give another score to the same LSN, plus the number of the bucket of time that `as_of` lies in, since
/// scores decay.
///
/// Weak (§8.8.1), because two bodies of one tag differ in `as_of`, which is told exactly, and mean the same.
struct HealthTag {
    /// The length of a bucket, seconds. In this time evidence loses 1.2e-5 of its mass at the default decay rate, which moves a
    /// score by at most 12.5 points × 1.2e-5, and no number by more than a tenth of its last decimal: one that is
    /// shown changes only if it was about to be rounded the other way. At the fastest rate allowed a score moves by 0.015.
    static let bucketSeconds: Int64 = 10

    /// What the tag has beside the LSN.
    let bucket: UInt64
    let lsn: LSN

    init(bucket: UInt64, lsn: LSN) {
        self.bucket = bucket
        self.lsn = lsn
    }

    init(_ state: DealState, _ scoring: ScoringVersion, _ asOf: Timestamp) {
        self.init(bucket: Self.bucket(scoring, asOf), lsn: state.lastLSN)
    }

    /// What all tags of one bucket of time share.
    static func bucket(_ scoring: ScoringVersion, _ asOf: Timestamp) -> UInt64 {
        scoring.tag &+ UInt64(bitPattern: asOf.microseconds / (bucketSeconds * 1_000_000))
    }

    /// What stands before the LSN in the value of `ETag`.
    static func start(bucket: UInt64) -> String {
        let digits = String(bucket, radix: 16)
        return "W/\"" + String(repeating: "0", count: 16 - digits.count) + digits + "-"
    }

    /// The value of `ETag`.
    var text: String {
        "\(Self.start(bucket: bucket))\(lsn.value)\""
    }

    /// Whether a value of `If-None-Match` or `If-Match` names this tag, by weak comparison, or any.
    func isListed(in list: UnsafeRawBufferPointer) -> Bool {
        var text = text
        return text.withUTF8 {
            EntityTagList.matches(list, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[2...]))
        }
    }
}

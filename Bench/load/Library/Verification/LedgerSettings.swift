public import DealHealthCore

/// What a ledger's deals and events are made from: the same settings make the same events, byte for byte.
public struct LedgerSettings: Sendable {
    /// Part of every deal id, so that the deals are this run's own and their counts exact: 1 to 64 of `[A-Za-z0-9-]`, different in every
    /// run against the same server.
    public let run: String
    public let seed: UInt64
    /// Events have happened up to 30 days before this.
    public let startedAt: Timestamp
    /// Workers, each with a shard of its own.
    public let shardCount: Int
    /// Deal k has the key k, in [0, keyCount).
    public let keyCount: Int
    /// How deals are called; `run-k` unless others shall read them.
    public let dealName: KeyName
    public let scoring: EvidenceFold
    /// Whether an answer may be older than one before it: several targets, of which some follow another. The checks of reads wait
    /// for the end then, where `min_lsn` makes them exact.
    public let readsMayLag: Bool

    public init(
        run: String, seed: UInt64, startedAt: Timestamp, shardCount: Int, keyCount: Int,
        dealName: KeyName? = nil, scoring: EvidenceFold = EvidenceFold(), readsMayLag: Bool = false
    ) {
        precondition((1...64).contains(run.utf8.count))
        precondition(shardCount >= 1 && keyCount >= shardCount)
        self.run = run
        self.seed = seed
        self.startedAt = startedAt
        self.shardCount = shardCount
        self.keyCount = keyCount
        self.dealName = dealName ?? KeyName(prefix: "\(run)-")
        self.scoring = scoring
        self.readsMayLag = readsMayLag
    }

    /// The deal of a key; safe in a path as it is.
    public func dealID(ofKey key: Int) -> String {
        dealName.text(of: key)
    }
}

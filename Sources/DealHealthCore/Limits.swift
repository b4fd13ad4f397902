/// Every bound of the system in one place, each with its reason (P8).
///
/// Over a limit means a fast, clear refusal, never growth. `checkInvariants()` holds the relations between them.
public enum Limits {
    // MARK: one event

    /// Bytes of a deal id: a UUID, a URL or a coupon code fits; one length byte in the formats.
    public static let dealIDBytesMax = 255
    /// Bytes of a given event id: two UUIDs and a prefix.
    public static let eventIDBytesMax = 128
    /// Bytes of UTF-8 in a tip's text: a page of prose; longer is not a tip.
    public static let tipTextBytesMax = 16 << 10
    /// Bytes of one event as received: the longest tip with every byte written as a JSON escape of six (96 KiB), and
    /// as much room again for the other fields as they ever need.
    public static let eventBytesMax = 128 << 10
    /// Nesting of JSON inside one event: the known fields need two levels.
    public static let jsonDepthMax = 32
    /// How far in the future an event may lie: clocks of producers differ by seconds, not more.
    public static let futureTolerance: Duration = .seconds(300)

    // MARK: one request

    /// Bytes of a JSON body (one event or an array).
    public static let jsonBodyBytesMax = 1 << 20
    /// Bytes of an NDJSON body, which is taken in as it streams.
    public static let ndjsonBodyBytesMax = 32 << 20
    /// Bytes of one decoded piece of a streamed body: one submission to the engine.
    public static let submissionBytesMax = 1 << 20
    /// Rejections listed in one answer: enough to find the fault; the rest are counted.
    public static let rejectionsListedMax = 1_000
    /// Deals in one many-deal read.
    public static let dealsPerReadMax = 1_000
    /// Entries in one page of a list or of a history.
    public static let pageSizeMax = 1_000
    /// Entries of a ranked list kept for the pages that follow, 24 bytes each: a crawl over a million deals scans them 61
    /// times, not 20,000.
    public static let rankingEntriesMax = 16_384
    /// Rankings kept at once, one for each crawl that goes on: 6 MiB in all.
    public static let rankingsKeptMax = 16
    /// Bytes of a request's headers.
    public static let headerBytesMax = 16 << 10
    /// Longest wait of a read for a log position (`min_lsn`): a slow sync fits, a stuck disk does not.
    public static let minLSNWaitMax: Duration = .seconds(5)
    /// Reads waiting for a log position at once.
    public static let positionWaitersMax = 10_000

    // MARK: the commit pipeline

    /// Events admitted and not yet visible: half a second of work at 400,000 a second.
    public static let admittedEventsMax = 200_000
    /// Bytes of log records admitted and not yet visible: memory that a stuck disk can hold.
    public static let admittedBytesMax = 128 << 20
    /// Events in one commit: past this a bigger batch is no faster and only makes others wait.
    public static let batchEventsMax = 16_384
    /// Bytes of records in one commit, for the same reason.
    public static let batchBytesMax = 8 << 20
    /// Bytes of records that an empty batch kept for reuse has room for while nothing is on its way: a quiet server's commits fit,
    /// and after a bulk load some ten MiB a batch are given back.
    public static let batchBytesAtRestMax = 256 << 10
    /// Batches written and not yet published.
    public static let batchesAwaitingPublicationMax = 2

    // MARK: state

    /// Deals of one partition: 22 bits of the index entry. 268 million in all.
    public static let dealsPerPartitionMax = 1 << 22 - 1
    /// Remembered event ids, at most 40 bytes each: 1.2 GiB. Past it the oldest go first.
    public static let rememberedEventsMax = 32_000_000

    /// Changes of the scoring settings in the life of a process: readers may be looking at any of them, so they stay in memory; people
    /// make them.
    public static let scoringChangesMax = 10_000

    /// Positions that fit a deal's state: 48 bits, nine years at a million events a second.
    public static let lsnMax: UInt64 = 1 << 48 - 1

    // MARK: the log

    /// Records removed by one step of truncation: rides along with a commit, so it must stay small.
    public static let truncationStepRecordsMax = 1_024
    /// Deals in one step of a checkpoint: the bytes of a commit in time.
    public static let checkpointStepEntriesMax = 512
    /// Bytes of checkpoint written along with one commit, but for a partition's remembered ids, as long as a recovery would take no longer
    /// than it may: every entry may copy a page of 4 KiB, so it is a few MiB and milliseconds that whoever waits for the commit waits longer.
    public static let checkpointCommitBytesInTime = 64 << 10
    /// The same when a recovery would take longer than it may, or nobody waits: fewer syncs for the same work.
    public static let checkpointCommitBytesMax = 1 << 20
    /// Records after which a quiet second is worth a checkpoint and a look for memory to give back: some ten MiB of it, and a tenth of a
    /// second of recovery.
    public static let settlingRecordsMin = 100_000
    /// Remembered ids in one value of the checkpoint, 24 bytes each after 4: with LMDB's header of 16 they fill a page. A longer value needs
    /// free pages side by side, and as those become rare the file would grow for ever.
    public static let rememberedChunkEventsMax = 169
    /// Reads of the log waiting for its one reading thread.
    public static let historyReadersMax = 64
    /// Bytes of events in one page of history: past it the page ends early.
    public static let historyPageBytesMax = 4 << 20
    /// Records walked over for one page of history: some hundredths of a second.
    public static let historyWalkMax = 20_000
    /// Records gone through for one read of the past: some tenths of a second.
    public static let pastRecordsMax = 200_000
    /// Deals that are not read much and still looked at for what to test next: a millisecond.
    public static let retestSampleMax = 4_096
    /// Pieces of evidence that an explanation shows.
    public static let evidenceShownMax = 10
    /// Bytes of the map of a new log; it doubles when three quarters are used.
    public static let mapBytesInitial = 1 << 30

    /// Bytes of the map of a reader, which cannot follow when the writer's grows: addresses, not memory.
    public static let mapBytesReading = 1 << 40

    /// Relations between the constants; called once at start-up.
    public static func checkInvariants() {
        precondition(eventBytesMax >= 6 * tipTextBytesMax + 4_096)
        precondition(eventBytesMax <= submissionBytesMax)
        precondition(jsonBodyBytesMax <= submissionBytesMax)
        precondition(submissionBytesMax <= batchBytesMax)
        precondition(batchBytesMax * 2 <= admittedBytesMax)
        precondition(batchEventsMax * 2 <= admittedEventsMax)
        precondition(dealIDBytesMax <= Int(UInt8.max))
        precondition(pageSizeMax < rankingEntriesMax)
    }
}

public import DealHealthCore
import Synchronization

/// The published states of one partition's deals: written by its owner, read by anyone on any thread, without waiting.
///
/// ## Why a read is correct
///
/// Every word that both sides touch at a time is atomic, so there is no data race by definition. A slot is 17 words,
/// `[sequence, id (2 words), state (14 words)]`. The id is written before the slot can be reached, and never again: its count, one
/// byte, then the bytes; more than 15 lie elsewhere, at the address in its second word. To publish, the owner
/// 1. writes the new state into the *spare* (one per table),
/// 2. makes the slot's sequence odd (release: the spare is complete),
/// 3. writes the state into the slot (after a release fence: nobody sees these words without seeing the odd sequence),
/// 4. makes the sequence even, 2 greater (release: the slot is complete).
///
/// A reader loads the sequence (acquire), copies the words from the slot when it is even, from the spare when it is odd,
/// and takes the copy if the sequence is still the same after an acquire fence. A spare is written again
/// only after step 4 and a release fence, so an unchanged odd sequence proves that the copy is whole. A reader
/// retries only when the owner has published that very deal meanwhile; it never waits for an owner that is suspended in the
/// middle (P4): then the sequence stays odd and the spare stays whole. This is the kernel's `seqcount_latch` with
/// one shared second copy instead of one for each slot.
///
/// To a reader, slots, ids and index entries are only ever added; an entry becomes reachable by a release store after
/// what it points to is written. Memory that readers may hold is freed in `deinit` only; that of an index that was outgrown reads as
/// empty before, and whoever finds nothing in one looks again in the index of then. A reader that sees it emptied sees the new index,
/// too: that was published before, and the kernel empties pages and maps them anew under one lock.
///
/// @unchecked Sendable: the reading methods are safe on any thread by the above; the owner's methods MUST be called by one
/// task at a time, which the `DealShard` actor guarantees.
public final class DealTable: @unchecked Sendable {
    typealias Word = Atomic<UInt64>

    static let stateWords = 14
    private static let slotWords = 17
    private static let idWord = 1
    private static let stateWord = 3
    /// Memory is taken by the page as slots are handed out, so a large chunk wastes none.
    private static let slotsPerChunk = 4_096
    /// Slots that share one set of bounds. Smaller blocks are skipped more often, and cost more to look at.
    static let slotsPerBlock = 64
    private static let blocksPerChunk = slotsPerChunk / slotsPerBlock
    private static let blockWords = 2
    /// Bytes of the longest id that lies in its slot.
    private static let idBytesInSlotMax = 15
    private static let idChunkBytes = 64 << 10
    private static let cacheLineBytes = 64

    /// Addresses of the chunks of slots, each with the words of its blocks behind them; 0 where there is none yet.
    private let directory: UnsafeMutablePointer<Atomic<UInt>>
    private let directoryCount: Int
    private let spare: UnsafeMutablePointer<Word>
    /// The index in use.
    private let indexWord = Atomic<UInt>(0)
    private var indexes: [DealIndex]
    private var idChunks: [UnsafeMutableRawPointer] = []
    private var idChunkUsed = DealTable.idChunkBytes
    /// Slots handed out. Written by the owner.
    private let slotCount = Atomic<Int>(0)
    private let hashKey: HashKey

    /// An empty table; `hashKey` keeps senders of deal ids from making the index slow.
    ///
    /// - Parameter expectedCount: deals that it will hold soon: the index has room for them from the start.
    public init(hashKey: HashKey, expectedCount: Int = 0) {
        self.hashKey = hashKey
        directoryCount = (Limits.dealsPerPartitionMax + Self.slotsPerChunk) / Self.slotsPerChunk
        directory = .allocate(capacity: directoryCount)
        for index in 0..<directoryCount { (directory + index).initialize(to: Atomic(0)) }
        spare = .allocate(capacity: Self.stateWords)
        Self.zero(spare, Self.stateWords)
        indexes = [DealIndex(roomFor: min(expectedCount, Limits.dealsPerPartitionMax))]
        indexWord.store(indexes[0].word, ordering: .releasing)
    }

    deinit {
        for index in 0..<directoryCount {
            UnsafeMutablePointer<Word>(bitPattern: directory[index].load(ordering: .relaxed))?.deallocate()
        }
        directory.deallocate()
        spare.deallocate()
        for index in indexes { index.deallocate() }
        for chunk in idChunks { chunk.deallocate() }
    }

    private static func zero(_ words: UnsafeMutablePointer<Word>, _ count: Int) {
        for index in 0..<count { (words + index).initialize(to: Word(0)) }
    }

    /// Memory for a chunk, of which nothing is initialised yet; slots begin at cache lines.
    private static func allocateChunk() -> UnsafeMutablePointer<Word> {
        let count = slotsPerChunk * slotWords + blocksPerChunk * blockWords
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<Word>.stride, alignment: cacheLineBytes)
        return memory.bindMemory(to: Word.self, capacity: count)
    }

    // MARK: reading, on any thread

    /// The number of slots; the last one may not be published yet.
    public var count: Int {
        slotCount.load(ordering: .acquiring)
    }

    /// The slot of a deal, published or not; nil when the table has never heard of it. O(1).
    public func slot(of dealID: UnsafeRawBufferPointer) -> Int? {
        slot(of: dealID, hash: hash(dealID))
    }

    private func slot(of dealID: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        var index = self.index
        while true {
            let slot = index.find(hash) { slot in
                let id = self.id(at: slot)
                return id.count == dealID.count && id.elementsEqual(dealID)
            }
            let latest = self.index
            if slot != nil || latest.word == index.word { return slot }
            index = latest
        }
    }

    private var index: DealIndex {
        DealIndex(word: indexWord.load(ordering: .acquiring))
    }

    func hash(_ dealID: UnsafeRawBufferPointer) -> UInt64 {
        SipHash.hash64(dealID, key: hashKey)
    }

    /// The published state in `slot`; nil before the deal's first event is durable. Never waits.
    public func state(at slot: Int) -> DealState? {
        let words = slotWords(slot)
        while true {
            let sequence = words[0].load(ordering: .acquiring)
            if sequence == 0 { return nil }
            let state = DealState(words: sequence & 1 == 1 ? spare : words + Self.stateWord)
            atomicMemoryFence(ordering: .acquiring)
            if words[0].load(ordering: .relaxed) == sequence { return state }
        }
    }

    /// The published state of a deal; nil when it has none. Never waits; O(1).
    public func state(of dealID: UnsafeRawBufferPointer) -> DealState? {
        slot(of: dealID).flatMap { state(at: $0) }
    }

    /// The published state of a deal with this hash, as `state(of:)`.
    func state(of dealID: UnsafeRawBufferPointer, hash: UInt64) -> DealState? {
        slot(of: dealID, hash: hash).flatMap { state(at: $0) }
    }

    // MARK: reading step by step

    // `state(of:)` as steps of one load each, which depends on the step before: taken for many deals at a time, see `ManyDeals.swift`.

    func firstEntry(_ hash: UInt64) -> UInt32 {
        index.firstEntry(hash)
    }

    /// The slot that most likely is the deal's, and where its id's bytes lie.
    func likelySlot(_ hash: UInt64, first: UInt32) -> (slot: Int, id: UnsafeRawBufferPointer)? {
        guard let slot = index.likelySlot(hash, first: first) else { return nil }
        // Read so that the slot's second line comes along with its first.
        withExtendedLifetime(slotWords(slot)[Self.slotWords - 1].load(ordering: .relaxed)) {}
        return (slot, id(at: slot))
    }

    /// The deal id's bytes; they stay where they are as long as the table lives.
    public func id(at slot: Int) -> UnsafeRawBufferPointer {
        Self.id(UnsafeRawPointer(slotWords(slot) + Self.idWord))
    }

    /// Where the id of `slot` lies, good for `id(atAddress:)` as long as the table lives.
    func idAddress(of slot: Int) -> UInt {
        UInt(bitPattern: slotWords(slot) + Self.idWord)
    }

    /// The deal id at an address taken from a living table.
    static func id(atAddress address: UInt) -> UnsafeRawBufferPointer {
        guard let words = UnsafeRawPointer(bitPattern: address) else { preconditionFailure("an id has an address") }
        return id(words)
    }

    private static func id(_ words: UnsafeRawPointer) -> UnsafeRawBufferPointer {
        let count = Int(words.load(as: UInt8.self))
        let start = count <= idBytesInSlotMax ? words + 1 : words.load(fromByteOffset: 8, as: UnsafeRawPointer.self)
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    private func slotWords(_ slot: Int) -> UnsafeMutablePointer<Word> {
        chunk(slot / Self.slotsPerChunk) + slot % Self.slotsPerChunk * Self.slotWords
    }

    /// A block's words: `BlockBounds`, then the newest reference time.
    func blockWords(_ block: Int) -> UnsafeMutablePointer<Word> {
        chunk(block / Self.blocksPerChunk) + Self.slotsPerChunk * Self.slotWords
            + block % Self.blocksPerChunk * Self.blockWords
    }

    private func chunk(_ index: Int) -> UnsafeMutablePointer<Word> {
        let address = directory[index].load(ordering: .acquiring)
        guard let chunk = UnsafeMutablePointer<Word>(bitPattern: address) else {
            preconditionFailure("chunk \(index) was never handed out")
        }
        return chunk
    }

    // MARK: writing, by the owner

    /// Hands out the next slot to a deal that has none, to be published next; nil when the partition is full.
    func insert(_ dealID: UnsafeRawBufferPointer) -> Int? {
        let slot = slotCount.load(ordering: .relaxed)
        if slot >= Limits.dealsPerPartitionMax { return nil }
        if slot % Self.slotsPerChunk == 0 {
            directory[slot / Self.slotsPerChunk].store(UInt(bitPattern: Self.allocateChunk()), ordering: .releasing)
        }
        if slot % Self.slotsPerBlock == 0 { Self.zero(blockWords(slot / Self.slotsPerBlock), Self.blockWords) }
        let words = slotWords(slot)
        Self.zero(words, Self.slotWords)
        storeID(dealID, in: UnsafeMutableRawPointer(words + Self.idWord))
        growIndexIfNeeded()
        indexes[indexes.count - 1].insert(hash(dealID), slot: slot)
        slotCount.store(slot + 1, ordering: .releasing)
        return slot
    }

    /// Publishes the state of `slot`; once lists are read, `cover` MUST follow.
    func publish(_ state: DealState, at slot: Int) {
        let words = slotWords(slot)
        raiseNewest(to: state.referenceTime, slot: slot)
        let sequence = words[0].load(ordering: .relaxed)
        precondition(sequence & 1 == 0, "a table has one writer")
        atomicMemoryFence(ordering: .releasing)
        state.store(in: spare)
        words[0].store(sequence + 1, ordering: .releasing)
        atomicMemoryFence(ordering: .releasing)
        state.store(in: words + Self.stateWord)
        words[0].store(sequence + 2, ordering: .releasing)
    }

    /// Writes the id into its two words of the slot, or, when it is longer, into memory that never moves.
    private func storeID(_ id: UnsafeRawBufferPointer, in words: UnsafeMutableRawPointer) {
        words.storeBytes(of: UInt8(id.count), as: UInt8.self)
        if id.count <= Self.idBytesInSlotMax {
            UnsafeMutableRawBufferPointer(start: words + 1, count: id.count).copyMemory(from: id)
            return
        }
        if idChunkUsed + id.count > Self.idChunkBytes {
            idChunks.append(.allocate(byteCount: Self.idChunkBytes, alignment: 8))
            idChunkUsed = 0
        }
        let start = idChunks[idChunks.count - 1] + idChunkUsed
        UnsafeMutableRawBufferPointer(start: start, count: id.count).copyMemory(from: id)
        idChunkUsed += id.count
        words.storeBytes(of: UnsafeRawPointer(start), toByteOffset: 8, as: UnsafeRawPointer.self)
    }

    private func growIndexIfNeeded() {
        let index = indexes[indexes.count - 1]
        if index.hasRoom(for: slotCount.load(ordering: .relaxed) + 1) { return }
        let larger = DealIndex(capacity: index.capacity * 2)
        for slot in 0..<slotCount.load(ordering: .relaxed) { larger.insert(hash(id(at: slot)), slot: slot) }
        // Readers may still be in the smaller one: it keeps its addresses, not its memory.
        indexes.append(larger)
        indexWord.store(larger.word, ordering: .releasing)
        index.discard()
    }
}

extension DealState {
    // Word 11: events counted (32 bits), minute of the status (27), status (3), alarm armed (1), merchant present (1).
    // Word 12: the last LSN (48 bits), the prior and 1 (16), 0 for none.
    private static let minuteMax: UInt32 = 1 << 27 - 1
    private static let armedBit: UInt64 = 1 << 62
    private static let merchantBit: UInt64 = 1 << 63

    fileprivate init(words: UnsafeMutablePointer<DealTable.Word>) {
        func word(_ index: Int) -> UInt64 { words[index].load(ordering: .relaxed) }
        func evidence(_ index: Int) -> Evidence {
            Evidence(
                positive: Double(bitPattern: word(index)), negative: Double(bitPattern: word(index + 1)),
                squares: Double(bitPattern: word(index + 2)))
        }
        self.init()
        referenceTime = Timestamp(microseconds: Int64(bitPattern: word(0)))
        automatedTest = evidence(1)
        communityVerification = evidence(4)
        communityTip = evidence(7)
        let packed = word(11)
        merchantID = packed & Self.merchantBit != 0 ? Int64(bitPattern: word(10)) : nil
        eventCount = packed & 0xffff_ffff
        statusMinute = UInt32(truncatingIfNeeded: packed >> 32) & Self.minuteMax
        isAlarmArmed = packed & Self.armedBit != 0
        // A reader may hold a state that is being written, which it then drops: it must not trap.
        status = DealStatus(code: UInt8(packed >> 59 & 7)) ?? .unknown
        let position = word(12)
        lastLSN = LSN(position & Limits.lsnMax)
        prior = position >> 48 == 0 ? nil : UInt16(position >> 48) - 1
        forecast = ForecastState(word: word(13))
    }

    fileprivate func store(in words: UnsafeMutablePointer<DealTable.Word>) {
        precondition(lastLSN.value <= Limits.lsnMax, "a position fits its bits")
        func store(_ index: Int, _ value: UInt64) { words[index].store(value, ordering: .relaxed) }
        func store(_ index: Int, _ evidence: Evidence) {
            store(index, evidence.positive.bitPattern)
            store(index + 1, evidence.negative.bitPattern)
            store(index + 2, evidence.squares.bitPattern)
        }
        store(0, UInt64(bitPattern: referenceTime.microseconds))
        store(1, automatedTest)
        store(4, communityVerification)
        store(7, communityTip)
        store(10, UInt64(bitPattern: merchantID ?? 0))
        let flags = (isAlarmArmed ? Self.armedBit : 0) | (merchantID != nil ? Self.merchantBit : 0)
        let minute = UInt64(min(statusMinute, Self.minuteMax))
        store(11, eventCount | minute << 32 | UInt64(status.code) << 59 | flags)
        store(12, lastLSN.value | UInt64(prior.map { $0 + 1 } ?? 0) << 48)
        store(13, forecast.word)
    }
}

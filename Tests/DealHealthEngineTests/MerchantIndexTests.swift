import DealHealthCore
import DealHealthTesting
import Testing

@testable import DealHealthEngine

@Suite struct MerchantIndexTests {
    /// Deals move between few merchants, back and forth: each is listed under its own, once.
    @Test(arguments: 1...5) func agreesWithADictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let index = MerchantIndex()
        var merchants: [DealReference: Int64] = [:]
        for step in 0..<20_000 {
            let partition = Partition(index: Int.random(in: 0..<Partition.count, using: &random))
            let deal = DealReference(partition: partition, slot: Int.random(in: 0..<8, using: &random))
            let merchant = Int64.random(in: -2...3, using: &random)
            if merchants[deal] == merchant { continue }
            index.move(deal, from: merchants[deal], to: merchant)
            merchants[deal] = merchant
            guard step % 500 == 0 else { continue }
            for merchant in Int64(-3)...3 {
                let listed = index.deals(of: merchant)
                #expect(Set(listed) == Set(merchants.filter { $0.value == merchant }.keys))
                #expect(listed.count == Set(listed).count, "a deal is listed once")
            }
        }
    }

    @Test func aReferenceHoldsTheLastSlotOfTheLastPartition() {
        for slot in [0, Limits.dealsPerPartitionMax - 1] {
            for index in [0, Partition.count - 1] {
                let deal = DealReference(partition: Partition(index: index), slot: slot)
                #expect(deal.partition.index == index && deal.slot == slot)
            }
        }
    }
}

import DealHealthCore
import Foundation

/// The body of a read of many deals: `{"deal_ids":["…",…]}`. Members it does not know are ignored.
enum DealIDList {
    private struct Body: Decodable {
        enum CodingKeys: String, CodingKey {
            case dealIDs = "deal_ids"
        }

        var dealIDs: [String]
    }

    /// Kept: making one costs more than most bodies. `decode` of one decoder may run on many threads at once.
    private static let decoder = JSONDecoder()

    /// The events' own scanner, for its strictness: Foundation takes a comma before a closing bracket, and more.
    private static let scanner = EventDecoder(hashKey: HashKey(k0: 0, k1: 0), now: Timestamp(microseconds: 0))

    /// The ids as UTF-8; throws 400 for what is not JSON, with the place of the fault, 422 for JSON of another form.
    static func parse(_ body: [UInt8]) throws(Problem) -> [[UInt8]] {
        do throws(MalformedJSON) {
            _ = try scanner.decode(document: body)
        } catch {
            throw Problem(error)
        }
        do {
            return try decoder.decode(Body.self, from: Data(body)).dealIDs.map { Array($0.utf8) }
        } catch {
            throw Problem.invalidParameter("the body must be {\"deal_ids\":[\"…\",…]}")
        }
    }
}

import DealHealthCore
import Foundation

/// The deals that a read of many names, in the order asked, as UTF-8.
struct DealIDList {
    private(set) var bytes: [UInt8] = []
    /// Where each id stands in `bytes`.
    private(set) var ids: [Range<Int>] = []

    /// Adds an id.
    mutating func append(_ id: some Collection<UInt8>) {
        bytes.append(contentsOf: id)
        ids.append((bytes.count - id.count)..<bytes.count)
    }

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

    /// The ids in a body `{"deal_ids":["…",…]}`, whose other members are ignored; throws 400 for what is not JSON, with the place
    /// of the fault, 422 for JSON of another form.
    static func parse(_ body: [UInt8]) throws(Problem) -> DealIDList {
        do throws(MalformedJSON) {
            _ = try scanner.decode(document: body)
        } catch {
            throw Problem(error)
        }
        var list = DealIDList()
        do {
            for id in try decoder.decode(Body.self, from: Data(body)).dealIDs { list.append(id.utf8) }
        } catch {
            throw Problem.invalidParameter("the body must be {\"deal_ids\":[\"…\",…]}")
        }
        return list
    }
}

import ArgumentParser
import DealHealthCore
import Foundation
import FoundationNetworking

/// `dealhealth import FILE`: NDJSON through the same door as everyone's events.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a file of events (NDJSON) to a running server; sending it again changes nothing.")

    @Argument(help: "File of events, one JSON object a line.")
    var file: String
    @OptionGroup var server: ServerOptions

    private static let pieceBytes = 512 << 10
    /// A server that is overloaded or full is asked again this often, then the import ends.
    private static let triesMax = 60

    private struct Answer: Decodable {
        var accepted: Int
        var duplicates: Int
        var rejected: [Rejected]

        struct Rejected: Decodable {
            var index: Int
            var reason: String
        }
    }

    func run() async throws {
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw ValidationError("\(file) cannot be read: check the path.")
        }
        let total = try handle.seekToEnd()
        try handle.seek(toOffset: 0)
        let progress = Console.progress("imported")
        let start = ContinuousClock.now
        var (accepted, duplicates, rejected) = (0, 0, 0)
        var (done, lines) = (UInt64(0), 0)
        var rest = Data()
        while true {
            let read = try handle.read(upToCount: Self.pieceBytes) ?? Data()
            rest.append(read)
            // A piece ends with a line, except the last.
            let end = read.isEmpty ? rest.endIndex : rest.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
            guard let end, end > rest.startIndex else {
                if read.isEmpty { break }
                continue
            }
            let piece = Data(rest[..<end])
            rest = Data(rest[end...])
            let answer = try await send(piece)
            for refusal in answer.rejected { Console.say("event \(lines + refusal.index): \(refusal.reason)") }
            accepted += answer.accepted
            duplicates += answer.duplicates
            rejected += answer.rejected.count
            lines += answer.accepted + answer.duplicates + answer.rejected.count
            done += UInt64(piece.count)
            progress(done, total)
        }
        let seconds = (ContinuousClock.now - start).seconds
        print(
            "\(accepted) accepted, \(duplicates) duplicates, \(rejected) rejected in \(String(format: "%.1f", seconds)) s (\(Int(Double(lines) / max(seconds, 0.001))) events/s)"
        )
        if rejected > 0 { throw ExitCode(1) }
    }

    private func send(_ piece: Data) async throws -> Answer {
        var request = URLRequest(url: try server.endpoint("/v1/events"))
        request.httpMethod = "POST"
        request.setValue("application/x-ndjson", forHTTPHeaderField: "Content-Type")
        for attempt in 1... {
            let (status, body) = try await ServerOptions.send(request, body: piece)
            if status == 200 { return try JSONDecoder().decode(Answer.self, from: body) }
            guard status == 503 || status == 507, attempt < Self.triesMax else {
                throw ValidationError("The server answered \(status): \(String(decoding: body, as: UTF8.self))")
            }
            try await Task.sleep(for: .seconds(1))
        }
        preconditionFailure("the tries are bounded")
    }
}

import Foundation
import FuzzChecks
import Testing

/// The inputs that fuzzing starts from, and those that it once found.
enum FuzzCorpus {
    static func inputs(_ target: FuzzTarget) throws -> [[UInt8]] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fuzz/corpus/\(target.rawValue)")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
    }
}

@Suite struct FuzzCorpusTests {
    @Test(arguments: FuzzTarget.allCases)
    func allHoldsForTheCorpus(target: FuzzTarget) throws {
        let inputs = try FuzzCorpus.inputs(target)
        #expect(inputs.count >= 10)
        for input in inputs { #expect(target.fault(in: input) == nil) }
    }
}

import Domain
import TestSupport
import Testing

@testable import everpart

@Suite("Separated values as people have them")
struct CSVTableTests {
  private func table(_ text: String) throws -> CSVTable {
    try CSVTable(Array(text.utf8), requiring: "sku")
  }

  private func fault(_ bytes: [UInt8]) -> CSVFault? {
    #expect(throws: CSVFault.self) { try CSVTable(bytes, requiring: "sku") }
  }

  @Test(
    "commas, semicolons and tabulators, line ends of three systems, a mark and a sep= line read alike",
    arguments: [",", ";", "\t"], ["\n", "\r\n", "\r"])
  func dialects(separator: String, end: String) throws {
    let lines = [
      "SKU\(separator)Lead days ", "A\(separator)\"x\(separator) \"\"y\"\"\"", "B\(separator)",
    ]
    for (start, offset) in [("", 0), ("\u{FEFF}", 0)] {
      for last in ["", end] {
        let read = try table(start + lines.joined(separator: end) + last)
        #expect(
          read.header.cells == ["sku", "lead_days"] && read.separator == separator.utf8.first)
        #expect(read.records.map(\.cells) == [["A", "x\(separator) \"y\""], ["B", ""]])
        #expect(read.records.map(\.line) == [2 + offset, 3 + offset] && read.faults.isEmpty)
      }
    }
    guard end != "\r" else { return }
    let told = try table("sep=\(separator)\(end)" + lines.joined(separator: end))
    #expect(told.records.map(\.line) == [3, 4])
  }

  @Test("a line end in quotes belongs to the cell, and lines are counted through it")
  func multiline() throws {
    let read = try table("sku,note\nA,\"one\ntwo\r\nthree\"\n,\n\nB,x\n")
    #expect(read.records.map(\.cells) == [["A", "one\ntwo\r\nthree"], ["B", "x"]])
    #expect(read.records.map(\.line) == [2, 7])
  }

  @Test("what is no such file is refused with its line and never guessed at")
  func refused() throws {
    let cases: [([UInt8], String, Int)] = [
      (Array("sku,name\nA,b\nC,d\"e\n".utf8), "csv.quote", 3),
      (Array("sku,name\nA,\"b\"c\n".utf8), "csv.quote", 2),
      (Array("sku,name\nA,b\nC,\"d\nE,f\n".utf8), "csv.quote", 3),
      (Array("sku,name\nA,".utf8) + [0xFC, 0x0A], "csv.encoding", 2),
      (Array("sku,name\nA,b\nB,\0\n".utf8), "csv.encoding", 3),
      ([0xFF, 0xFE, 0x73, 0x00], "csv.encoding", 1),
      ([], "csv.empty", 1), (Array("\n \r\n".utf8), "csv.empty", 1),
      (Array("name,price\nA,1\n".utf8), "csv.header", 1),
      (Array(("sku" + String(repeating: ",x", count: 64)).utf8), "csv.header", 1),
      (Array("sku\n\(String(repeating: "x", count: 8193))\n".utf8), "csv.too_large", 2),
      (
        Array(("sku\n" + String(repeating: "x\n", count: CSVTable.recordsMax + 1)).utf8),
        "csv.too_large", CSVTable.recordsMax + 2
      ),
      ([UInt8](repeating: 0x20, count: CSVTable.bytesMax + 1), "csv.too_large", 1),
    ]
    for (bytes, code, line) in cases {
      let fault = fault(bytes)
      #expect(fault?.code == code && fault?.line == line, "\(String(describing: fault))")
    }
    let uneven = try table("sku,name\nA\nB,c\nD,e,f\n")
    #expect(uneven.records.map(\.cells) == [["B", "c"]])
    #expect(uneven.faults.map(\.line) == [2, 4])
    #expect(uneven.faults.allSatisfy { $0.code == "csv.columns" })
  }

  @Test("whatever cells are written, with quotes or without, are read again")
  func roundTrip() throws {
    var random = SeededGenerator(seed: 17)
    let pieces = ["a", "\"", ",", ";", "\t", "\n", "\r\n", "é", "x y"]
    for _ in 0..<300 {
      let separator = [",", ";", "\t"].randomElement(using: &random) ?? ","
      let rows = (0..<3).map { row in
        ["K\(row)"]
          + (0..<2).map { _ in
            (0..<Int.random(in: 0...5, using: &random)).map { _ in
              pieces.randomElement(using: &random) ?? ""
            }.joined()
          }
      }
      let text =
        (["sku", "b", "c"].joined(separator: separator) + "\r\n")
        + rows.map { row in
          row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: separator)
            + "\r\n"
        }.joined()
      #expect(try table(text).records.map(\.cells) == rows)
    }
  }
}

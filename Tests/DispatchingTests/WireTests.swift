import BureauProtocol
import Domain
import Foundation
import Testing

@Suite("What travels between server and agent")
struct WireTests {
  @Test("reports are objects whose kind says which members follow")
  func reports() throws {
    let statement = SignedStatement(
      payloadType: "t", payload: "cA==",
      signatures: [SignedStatement.Signature(keyid: nil, sig: "cw==")])
    let reports: [Report] = [
      .started, .completed(statement),
      .inspected(
        InspectionResult(
          passed: true, measurements: [Measurement(feature: "bore", millimetres: 12.1)],
          materialLot: "L")),
      .shipped(Shipment(carrier: "DHL", tracking: "1")), .held(reason: "why"),
    ]
    for report in reports {
      let data = try JSONEncoder().encode(ReportRequest(epoch: 1, attempt: 2, report: report))
      #expect(try JSONDecoder().decode(ReportRequest.self, from: data).report == report)
      #expect(String(decoding: data, as: UTF8.self).contains(#""kind":"\#(report.kind.rawValue)""#))
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Report.self, from: Data(#"{"kind":"exploded"}"#.utf8))
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Report.self, from: Data(#"{"kind":"shipped"}"#.utf8))
    }
  }

  @Test("an envelope travels unchanged")
  func envelopes() throws {
    let json = Array(
      #"{"payload":"cA==","payloadType":"t","signatures":[{"keyid":"k","sig":"a/+="}]}"#.utf8)
    #expect(try SignedStatement(json: json).json() == json)
  }
}

import Domain
import FoundationEssentials
import Testing

@Suite("Strict objects")
struct StrictObjectTests {
  private struct Shelf: Decodable {
    let name: String
    let boxes: [Box]

    init(from decoder: any Decoder) throws {
      let object = try StrictObject(decoder, members: ["name", "boxes"])
      name = try object.text("name", bytesMax: 5)
      boxes = try object.optional("boxes") ?? []
    }
  }

  private struct Box: Decodable {
    let count: Int
    let labels: [String]

    init(from decoder: any Decoder) throws {
      let object = try StrictObject(decoder, members: ["count", "labels"])
      count = try object.number("count", in: 1...9)
      labels = try object.texts("labels", countMax: 2, bytesMax: 5)
    }
  }

  private func refusal(_ text: String) -> String? {
    do {
      _ = try JSONDecoder().decode(Shelf.self, from: Data(text.utf8))
      return nil
    } catch { return StrictRefusal(error).description }
  }

  @Test(
    "each fault is told with its place",
    arguments: [
      (#"{"name":"a","boxes":[{"count":1,"labels":["x","y"]}]}"#, nil),
      (#"{"name":"a","boxes":null}"#, nil),
      (
        #"{"name":"a","size":1,"colour":2}"#,
        "colour: There is no such member here, only boxes, name."
      ),
      (#"{"boxes":[]}"#, "name: It is missing."),
      (#"{"name":null}"#, "name: It is null."),
      (#"{"name":7}"#, "name: It is of another kind."),
      (#"{"name":"abcdef"}"#, "name: It has 1 to 5 bytes and no control characters."),
      (#"{"name":"a\u0007"}"#, "name: It has 1 to 5 bytes and no control characters."),
      (
        #"{"name":"a","boxes":[{"count":1,"labels":[]},{"count":0,"labels":[]}]}"#,
        "boxes[1].count: It lies between 1 and 9."
      ),
      (#"{"name":"a","boxes":[{"count":1.5,"labels":[]}]}"#, "boxes[0].count: It is out of range."),
      (
        #"{"name":"a","boxes":[{"count":1,"labels":["a","b","c"]}]}"#,
        "boxes[0].labels: There are at most 2."
      ),
      (
        #"{"name":"a","boxes":[{"count":1,"labels":[1]}]}"#,
        "boxes[0].labels[0]: It is of another kind."
      ),
      (#"{"name":"a","\u202e":1}"#, "?: There is no such member here, only boxes, name."),
      (#"[]"#, "It is of another kind."), (#"{"#, "It is not JSON."), ("", "It is not JSON."),
    ] as [(String, String?)])
  func faults(text: String, wanted: String?) { #expect(refusal(text) == wanted) }
}

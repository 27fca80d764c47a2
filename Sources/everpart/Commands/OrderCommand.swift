import ArgumentParser
import Domain
import HTTPClient

struct OrderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order",
    abstract: "See parts, order them, follow orders (storefront key).",
    subcommands: [
      Parts.self, Place.self, Show.self, Watch.self, Cancel.self, Received.self,
    ])

  struct Parts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "parts", abstract: "What can be ordered.")
    @OptionGroup var options: ClientOptions
    func run() async throws { try await showParts(options, "/v1/storefront/parts") }
  }

  struct Place: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "place", abstract: "Order a part.",
      discussion: """
        The address is a JSON file: name, lines, postal_code, city, country, coordinates \
        {latitude, longitude}, contact (optional). The same --idempotency-key and content never \
        orders twice. Exit code 1 if nobody can make the order.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "prt_….") var part: String
    @Option(parsing: .unconditional, help: "How many.") var quantity = 1
    @Option(help: "Where to: a JSON file.") var shipTo: String
    @Option(help: "Makes the command safe to repeat; new each time if left out.")
    var idempotencyKey: String?

    func run() async throws {
      let address = try readJSON(shipTo)
      let ambient = Ambient.system
      let key = idempotencyKey ?? ambient.identifier(EventID.self, at: ambient.now()).text
      let order = try await options.client().send(
        "POST", "/v1/storefront/orders",
        [
          "part": .string(part), "quantity": .integer(Int64(quantity)), "ship_to": address,
        ], idempotencyKey: key)
      try options.show(order) { showOrder(order) }
      // The order is kept, with its reasons; but nothing will come of it.
      if order["state"] == "unmakeable" { throw Interrupted() }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "List orders, or show one.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String?
    func run() async throws { try await showOrders(options, "/v1/storefront/orders", order) }
  }

  struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "watch", abstract: "Follow an order until it is delivered or over.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String

    func run() async throws {
      let client = try options.client()
      let path = "/v1/storefront/orders/\(try escaped(order))"
      var version: Int64 = 0
      while true {
        let page: JSONValue
        do {
          page = try await client.get("\(path)/events?after=\(version)&wait=20")
        } catch let error as HTTPClientError where error.isTransient && version > 0 {
          // The broker restarts; events carry versions, so none is missed or shown twice.
          try await Task.sleep(for: .seconds(1))
          continue
        }
        for event in page["data"].elements {
          guard let number = event["version"].integer, number > version else { continue }
          version = number
          try options.show(event) { showEvent(event) }
          let ends = ["job.deliver", "job.cancel", "job.abandon", "job.exhaust"]
          if ends.contains(event["kind"].text) { return }
        }
      }
    }
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "cancel", abstract: "Cancel an order that no bureau has accepted yet.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String
    func run() async throws { try await act(options, "/v1/storefront/orders", order, "cancel") }
  }

  struct Received: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "received", abstract: "Say that the parcel arrived.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "ord_….") var order: String
    func run() async throws { try await act(options, "/v1/storefront/orders", order, "delivered") }
  }
}

import Testing

@testable import Database

@Suite("statements")
struct StatementTests {
  @Test("placeholders are positions, in any order and more than once")
  func placeholders() async throws {
    let statement = Statement(
      "SELECT $2 AS second, $1 AS first, $2 AS again, '$3' AS quoted -- $4\n, $12 /* $5 */ AS last"
    )
    #expect(statement.parameterCount == 12)
    #expect(
      statement.sqliteSQL
        == "SELECT ?2 AS second, ?1 AS first, ?2 AS again, '$3' AS quoted -- $4\n, ?12 /* $5 */ AS last"
    )
    try await withDatabase { database in
      let row = try await database.read { transaction in
        try transaction.row(
          Statement("SELECT $2 AS second, $1 AS first, $2 AS again, '$3' AS quoted"),
          "one",
          "two"
        )
      }
      #expect(try row?.text("first") == "one")
      #expect(try row?.text("second") == "two")
      #expect(try row?.text("again") == "two")
      #expect(try row?.text("quoted") == "$3")
    }
  }

  @Test("JSON is read as what it should be; another is a mismatch that does not quote it")
  func json() async throws {
    try await withDatabase { database in
      let row = try await database.read { transaction in
        try transaction.row(Statement("SELECT $1 AS good, $2 AS bad"), #"{"a":1}"#, "secret")
      }
      let found = try #require(row)
      #expect(try found.json("good") == ["a": 1])
      #expect(throws: DatabaseError.columnMismatch(column: "bad", expected: "Array<Int> as JSON")) {
        try found.json("bad", as: [Int].self)
      }
      #expect(throws: DatabaseError.columnMissing("none")) {
        try found.json("none", as: [Int].self)
      }
    }
  }

  @Test("every kind of value comes back as it was stored")
  func values() async throws {
    try await withDatabase { database in
      let row = try await database.write { transaction in
        try transaction.run(
          Statement(
            """
            INSERT INTO account (id, email, balance, picture, weight, closed)
            VALUES ($1, $2, $3, $4, $5, $6)
            """
          ),
          "ä€🧵",
          String?.none,
          Int64.max,
          [0, 255, 0] as [UInt8],
          0.1,
          true
        )
        return try transaction.row(Statement("SELECT * FROM account WHERE id = $1"), "ä€🧵")
      }
      let account = try #require(row)
      #expect(try account.text("id") == "ä€🧵")
      #expect(try account.textOrNil("email") == nil)
      #expect(try account.integer("balance") == Int64.max)
      #expect(try account.blob("picture") == [0, 255, 0])
      #expect(try account.real("weight") == 0.1)
      #expect(try account.bool("closed"))
      let inferred: Int = try account.integer("closed")
      #expect(inferred == 1)

      #expect(throws: DatabaseError.columnMissing("nothing")) { try account.text("nothing") }
      #expect(throws: DatabaseError.columnMismatch(column: "email", expected: "text")) {
        try account.text("email")
      }
      #expect(throws: DatabaseError.columnMismatch(column: "id", expected: "integer")) {
        try account.integerOrNil("id")
      }
      #expect(throws: DatabaseError.columnMismatch(column: "balance", expected: "0 or 1")) {
        try account.bool("balance")
      }
      #expect(throws: DatabaseError.columnMismatch(column: "balance", expected: "UInt8")) {
        let _: UInt8 = try account.integer("balance")
      }
    }
  }

  @Test("an empty blob is not NULL and an empty text is not NULL")
  func empty() async throws {
    try await withDatabase { database in
      let row = try await database.write { transaction in
        try transaction.run(TestStore.insertPicture, "", [] as [UInt8])
        return try transaction.row(Statement("SELECT id, picture FROM account"))
      }
      #expect(try row?.text("id") == "")
      #expect(try row?.blob("picture") == [])
    }
  }

  @Test("text with NUL is refused, wherever it stands")
  func nul() async throws {
    try await withDatabase { database in
      for text in ["\0", "a\0b", "a\0"] {
        let error = await #expect(throws: DatabaseError.nul(argument: 2)) {
          try await database.write { try $0.run(TestStore.setEmail, "a", text) }
        }
        #expect(error?.code == "database.nul")
      }
    }
  }

  @Test("the number of arguments must be right")
  func argumentCount() async throws {
    try await withDatabase { database in
      await #expect(throws: DatabaseError.argumentCount(expected: 1, given: 2)) {
        try await database.write { try $0.run(TestStore.insert, "a", "b") }
      }
    }
  }

  @Test(
    "transactions and settings are not for stores",
    arguments: [
      "COMMIT", "rollback", "  -- a comment\n BEGIN", "SAVEPOINT x", "PRAGMA synchronous = OFF",
      "ATTACH 'x' AS y", "VACUUM", "END", "",
    ]
  )
  func refused(_ sql: String) async throws {
    try await withDatabase { database in
      let error = await #expect(throws: DatabaseError.self) {
        try await database.write { transaction in try transaction.run(Statement(sql)) }
      }
      #expect(error?.code == "database.statement_refused")
    }
  }

  @Test("run tells how many rows it changed, row gives the first and finishes a write")
  func results() async throws {
    try await withDatabase { database in
      try await database.write { transaction throws in
        for id in ["a", "b", "c"] { #expect(try transaction.run(TestStore.insert, id) == 1) }
        #expect(try transaction.run(TestStore.deposit, 5) == 3)
        #expect(try transaction.run(TestStore.setEmail, "nobody", "x") == 0)
        #expect(try transaction.run(TestStore.count) == 0)
        #expect(try transaction.row(TestStore.ids)?.text("id") == "a")
        #expect(try transaction.row(Statement("SELECT id FROM account WHERE id = 'x'")) == nil)
        let returning = Statement("UPDATE account SET balance = balance - 1 RETURNING balance")
        #expect(try transaction.row(returning)?.integer("balance") == 4)
        let sum = Statement("SELECT CAST(sum(balance) AS BIGINT) AS total FROM account")
        #expect(try transaction.row(sum)?.integer("total") == 12)
      }
    }
  }

  @Test("violations are named")
  func violations() async throws {
    try await withDatabase { database in
      func error(_ sql: String, _ arguments: [SQLValue] = []) async -> DatabaseError? {
        await #expect(throws: DatabaseError.self) {
          try await database.write { transaction in
            try transaction.run(TestStore.insert, "a")
            try transaction.run(TestStore.setEmail, "a", "a@example.com")
            try transaction.run(TestStore.insertCard, "a", 1)
            try transaction.run(Statement(sql))
          }
        }
      }
      #expect(
        await error("INSERT INTO account (id) VALUES ('a')")
          == .uniqueViolation(table: "account", columns: ["id"])
      )
      let email = await error("INSERT INTO account (id, email) VALUES ('b', 'a@example.com')")
      #expect(email?.isUniqueViolation(of: "account", "email") == true)
      #expect(email?.isUniqueViolation(of: "account") == true)
      #expect(email?.isUniqueViolation(of: "account", "id") == false)
      #expect(email?.isUniqueViolation(of: "card", "email") == false)
      #expect(
        await error("INSERT INTO card (account_id, number) VALUES ('a', 1)")
          == .uniqueViolation(table: "card", columns: ["account_id", "number"])
      )
      #expect(
        await error("INSERT INTO card (account_id, number) VALUES ('b', 1)") == .foreignKeyViolation
      )
      #expect(
        await error("UPDATE account SET balance = -1") == .checkViolation("balance_not_negative")
      )
      #expect(
        await error("INSERT INTO account (id) VALUES (NULL)") == .notNullViolation("account.id")
      )
      #expect(
        await error("UPDATE account SET balance = 'much'")?.code == "database.type_violation"
      )
      #expect(await error("SELECT nonsense")?.code == "database.engine")
    }
  }
}

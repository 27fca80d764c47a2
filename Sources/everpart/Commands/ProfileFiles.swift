import Domain

/// Print profiles as a command line names them: `FILE`, or `NAME=FILE`. A file without a name is called
/// `standard` when it is the only one, and else as the file up to the first full stop.
func readProfiles(_ arguments: [String]) throws -> JSONValue {
  .array(
    try arguments.map { argument in
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      let hasName = parts.count == 2 && !parts[0].contains("/")
      let file = hasName ? parts[1] : argument
      let name =
        hasName
        ? parts[0] : arguments.count == 1 ? NamedProfile.standardName : profileName(ofFile: file)
      return ["name": .string(name), "profile": try readJSON(file)]
    })
}

/// What a profile is called that is in a file: `pa12` for `profiles/pa12.sls.json`.
func profileName(ofFile path: String) -> String {
  let file = path.split(separator: "/").last.map(String.init) ?? path
  return file.split(separator: ".").first.map(String.init) ?? file
}

/// The identifier of a design's profile by its name, or of one that was named by its identifier.
///
/// - Parameter revision: the revision that is sold.
func profileID(named name: String, in revision: JSONValue) throws -> JSONValue {
  if ProfileID(name) != nil { return .string(name) }
  let profiles = revision["profiles"].elements
  guard let found = profiles.first(where: { $0["name"].string == name }) else {
    throw Problem(
      .absent, "part.profile",
      "There is no print profile “\(Terminal.plain(name))”, only "
        + profiles.map { "“\($0["name"].text)”" }.joined(separator: ", ") + ".")
  }
  return found["id"]
}

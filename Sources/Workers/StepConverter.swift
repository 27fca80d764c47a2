import Glibc

/// An installed program that makes a mesh of a STEP file. It is large, parses what strangers send and is written
/// in a language that does not forgive: see `Workers.md` for what it is kept from.
public struct StepConverter: Sendable, Hashable {
  /// The programs whose command lines are known.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// PrusaSlicer: `--export-stl`.
    case prusaSlicer = "prusa-slicer"
    /// Gmsh with OpenCASCADE.
    case gmsh
  }

  /// Whose command line it has.
  public let kind: Kind
  /// Where it is: absolute, without links on the way.
  public let program: String
  /// Paths that it is not to see, even where they lie among the system's programs.
  public var hidden: [String]

  /// A program whose place is known.
  public init(_ kind: Kind, program: String, hidden: [String] = []) {
    (self.kind, self.program, self.hidden) = (kind, program, hidden)
  }

  /// Finds an installed one.
  ///
  /// - Parameters:
  ///   - name: `prusa-slicer` or `gmsh`, which is looked for in `PATH`, or the path of a program
  ///     whose name begins so.
  ///   - secret: paths of ours that it is not to see.
  /// - Throws: `WorkerFault`, in words for an operator.
  public init(named name: String, hiding secret: [String] = []) throws(WorkerFault) {
    let last = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
    guard
      let kind = Kind.allCases.first(where: {
        last.hasPrefix($0.rawValue) || last.hasPrefix($0.rawValue.replacing("-", with: ""))
      })
    else {
      throw WorkerFault(
        "a STEP converter is prusa-slicer, gmsh, or the path of a program whose name begins so")
    }
    let folders =
      name.contains("/")
      ? []
      : (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").map(String.init)
    let places = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
    guard let found = places.first(where: { access($0, X_OK) == 0 }),
      let path = Self.resolved(found)
    else { throw WorkerFault("there is no program \(name) that could be run") }
    self.init(
      kind, program: path, hidden: secret.map { Self.resolved($0) ?? $0 })
  }

  private static func resolved(_ path: String) -> String? {
    guard let place = realpath(path, nil) else { return nil }
    defer { free(place) }
    return String(cString: place)
  }

  /// The command line by which it turns one file into the other, in millimetres.
  var arguments: [String] {
    let (step, stl) = ("/job/part.step", "/job/part.stl")
    switch kind {
    case .prusaSlicer: return [program, "--export-stl", "--output", stl, step]
    case .gmsh:
      return [
        program, step, "-2", "-format", "stl", "-bin", "-o", stl, "-v", "0", "-nt", "1",
        "-setstring", "Geometry.OCCTargetUnit", "MM",
        // Facets for a full turn: curved surfaces within a thousandth of their radius.
        "-setnumber", "Mesh.MeshSizeFromCurvature", "48",
      ]
    }
  }

  /// A command line by which it does nothing, only to see that it runs.
  var idleArguments: [String] { [program, kind == .gmsh ? "-version" : "--help"] }
}

extension Worker {
  /// Has a converter make a mesh of a STEP file, as binary or ASCII STL in millimetres: what it makes is a
  /// stranger's mesh. Holds the mesh.
  ///
  /// - Parameters:
  ///   - byteCount: of the file.
  ///   - input: the file.
  /// - Throws: as ``run(_:byteCount:input:)``.
  public func convert<Input: AsyncSequence>(
    with converter: StepConverter, byteCount: Int, input: Input
  ) async throws -> WorkerRun where Input.Element == [UInt8] {
    try await run(.convertStep, byteCount: byteCount, input: input, converter: converter)
  }

  /// Starts a converter without a file, only to see that it can be confined and runs.
  ///
  /// - Throws: ``WorkerFault``, in words for an operator.
  public func check(_ converter: StepConverter) async throws -> WorkerConfinement {
    var brief = budget
    brief.seconds = min(30, budget.seconds)
    let run: WorkerRun
    do {
      run = try await Worker(program: program, budget: brief).convert(
        with: converter, byteCount: 0, input: Nothing())
    } catch let fault as WorkerFault {
      throw WorkerFault(
        "\(converter.program) cannot be confined: this system gives no namespaces of network, mounts and "
          + "processes (\(fault.description))")
    }
    guard case .failure(let death) = run.outcome else { return run.confinement }
    throw WorkerFault("\(converter.program) does not run in its confinement: \(death)")
  }
}

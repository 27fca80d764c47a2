/// Why a mesh file is refused.
///
/// `code` is stable and fit for a program; `message` is fit for the person who sent the file. Neither
/// ever contains a byte of the file: places are given as numbers.
public struct MeshRefusal: Error, Hashable, Sendable {
  /// The kinds of refusal. Their raw values are part of the API.
  public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// The file ends before the mesh does.
    case truncated = "mesh.truncated"
    /// A binary STL ends between two facets, with fewer of them than its header counts; or the count
    /// of a list in a PLY is impossible.
    case countMismatch = "mesh.count_mismatch"
    /// A coordinate is infinite, not a number, or beyond single precision.
    case notFinite = "mesh.not_finite"
    /// The content is of no mesh format that is read here.
    case unrecognised = "mesh.unrecognised"
    /// More bytes or triangles than `MeshLimits` allows.
    case tooLarge = "mesh.too_large"
    /// A line of an ASCII file is longer than `MeshLimits` allows.
    case lineTooLong = "mesh.line_too_long"
    /// The name of a solid or an object is longer than `MeshLimits` allows.
    case nameTooLong = "mesh.name_too_long"
    /// A text file has a word where its grammar wants another.
    case asciiSyntax = "mesh.ascii_syntax"
    /// The file goes on after the end of the mesh.
    case trailingData = "mesh.trailing_data"
    /// There is no facet in the file.
    case empty = "mesh.empty"
    /// Its sender names a unit, and the file states its own.
    case unitStated = "mesh.unit_stated"
    /// A facet uses a vertex that there is not.
    case indexOutOfRange = "mesh.index_out_of_range"
    /// The header of a PLY does not describe a mesh.
    case badHeader = "mesh.bad_header"
    /// Geometry that is not read here, such as free-form surfaces: what is left would not be the part.
    case unsupported = "mesh.unsupported"
    /// Polygons so intricate that cutting them into triangles takes too long, or far more triangles than
    /// the vertices can carry.
    case tooComplex = "mesh.too_complex"

    /// A STEP file, where a mesh is wanted: only a converter makes one of it.
    case needsConverter = "mesh.needs_converter"

    // ZIP (APPNOTE 6.3) and Open Packaging Conventions (ECMA-376-2): `ThreeMF/ZIP`, `ThreeMF/Package`.

    /// A ZIP directory is missing, cut off, or contradicts itself.
    case zipStructure = "mesh.zip.structure"
    /// A ZIP archive has bytes before its first entry, between two entries, or after its end.
    case zipStrayData = "mesh.zip.stray_data"
    /// Two entries of a ZIP archive share bytes.
    case zipOverlap = "mesh.zip.overlap"
    /// A ZIP entry says one thing in the directory and another where it lies.
    case zipMismatch = "mesh.zip.mismatch"
    /// A ZIP entry does not have the size that is declared for it.
    case zipSize = "mesh.zip.size"
    /// The content of a ZIP entry is damaged: its checksum or its DEFLATE stream is wrong.
    case zipDamaged = "mesh.zip.damaged"
    /// A ZIP entry grows more than `ThreeMFLimits` allows.
    case zipBomb = "mesh.zip.bomb"
    /// ZIP encryption, several disks, or a method other than stored and deflated.
    case zipFeature = "mesh.zip.feature"
    /// A ZIP entry's name could mislead: a path that climbs, an absolute one, a control character.
    case zipName = "mesh.zip.name"
    /// Two parts of a package have names that are one to some reader.
    case duplicatePart = "mesh.package.duplicate_part"
    /// A part name that the packaging conventions do not allow.
    case partName = "mesh.package.part_name"
    /// A package without a sound list of content types, or a part with none or another one.
    case contentType = "mesh.package.content_type"
    /// Relationships that are not sound.
    case relationships = "mesh.package.relationships"
    /// A relationship leads out of the package.
    case externalTarget = "mesh.package.external_target"
    /// A part that a relationship or a path names is not in the package.
    case missingPart = "mesh.package.missing_part"

    // XML 1.0 and its namespaces: `ThreeMF/XML`.

    /// XML that is not well-formed.
    case xmlSyntax = "mesh.xml.syntax"
    /// XML with a document type declaration.
    case xmlDocumentType = "mesh.xml.document_type"
    /// XML in an encoding that is not allowed there, or bytes that are no text in it.
    case xmlEncoding = "mesh.xml.encoding"
    /// A reference to an entity other than the five that every document has.
    case xmlEntity = "mesh.xml.entity"
    /// A namespace prefix that is not declared, or declared against the rules.
    case xmlNamespace = "mesh.xml.namespace"
    /// XML beyond `ThreeMFLimits`: too deep, or with too many attributes.
    case xmlLimit = "mesh.xml.limit"

    // 3MF core specification (ISO/IEC 25422) and its extensions: `ThreeMF/Model`.

    /// A package without the relationship to a 3D model, or with several.
    case startPart = "mesh.3mf.start_part"
    /// More than one print ticket.
    case printTicket = "mesh.3mf.print_ticket"
    /// An element of the core namespace where its schema has none, or too many or too few of one.
    case element = "mesh.3mf.element"
    /// An attribute that the core schema does not have, or one that it wants and is missing.
    case attribute = "mesh.3mf.attribute"
    /// An item with `printable="0"`, which slicers leave out and nobody else does.
    case unprintedItem = "mesh.3mf.unprinted_item"
    /// An attribute's value is not of its type.
    case attributeValue = "mesh.3mf.attribute_value"
    /// Text where the schema has none.
    case strayText = "mesh.3mf.stray_text"
    /// `xml:space`, or another attribute of the xml or xsi namespaces that 3MF does not have.
    case forbiddenAttribute = "mesh.3mf.forbidden_attribute"
    /// Metadata without a name, with one that another has, or with one of no declared namespace.
    case metadata = "mesh.3mf.metadata"
    /// Two resources with one identifier.
    case duplicateIdentifier = "mesh.3mf.duplicate_id"
    /// A reference to a resource that does not precede it.
    case undefinedReference = "mesh.3mf.undefined_reference"
    /// A reference to a resource of another kind than is allowed there.
    case wrongReference = "mesh.3mf.wrong_reference"
    /// An index of a property that its group does not have, or a property without a group.
    case propertyIndex = "mesh.3mf.property_index"
    /// A triangle names a vertex that its mesh does not have.
    case vertexIndex = "mesh.3mf.vertex_index"
    /// A triangle with a corner twice.
    case repeatedVertex = "mesh.3mf.repeated_vertex"
    /// A mesh with fewer vertices or triangles than it must have.
    case tooFewTriangles = "mesh.3mf.too_few_triangles"
    /// A transform that flattens what it is applied to.
    case singularTransform = "mesh.3mf.singular_transform"
    /// An object of type "other" is to be built.
    case builtOther = "mesh.3mf.built_other"
    /// A path to another model where none is allowed.
    case forbiddenPath = "mesh.3mf.forbidden_path"
    /// A required extension's prefix is not declared.
    case undeclaredExtension = "mesh.3mf.undeclared_extension"
    /// The model requires an extension that is not known here.
    case requiresUnknown = "mesh.3mf.requires_unknown_extension"
    /// The model requires beam lattices, whose beams are geometry that is not read.
    case requiresBeamLattice = "mesh.3mf.requires_beam_lattice"
    /// The model requires volumetric or implicit geometry.
    case requiresVolumetric = "mesh.3mf.requires_volumetric"
    /// The model requires boolean operations.
    case requiresBoolean = "mesh.3mf.requires_boolean"
    /// The model requires displacement.
    case requiresDisplacement = "mesh.3mf.requires_displacement"
    /// The model requires alternative representations.
    case requiresAlternatives = "mesh.3mf.requires_alternatives"
    /// The model requires slices because its meshes are approximate.
    case requiresSlices = "mesh.3mf.requires_slices"
    /// The model is encrypted, and no key was given.
    case requiresSecureContent = "mesh.3mf.requires_secure_content"

    // 3MF Secure Content 1.0.3: `ThreeMF/Secure`.

    /// A key store that its schema does not allow, or several of them.
    case keyStore = "mesh.3mf.secure.key_store"
    /// A consumer twice, or an access right for one that the key store does not name.
    case secureConsumer = "mesh.3mf.secure.consumer"
    /// A key store's path to a part that cannot be encrypted, or that has two entries.
    case securePath = "mesh.3mf.secure.path"
    /// An encrypted part without the relationship that says so, or without an entry in the key store.
    case secureRelationship = "mesh.3mf.secure.relationship"
    /// A part that should be encrypted and has not the header of a cipher file.
    case cipherFile = "mesh.3mf.secure.cipher_file"
    /// A nonce, tag, additional data or wrapped key that is not base64 or not of its size.
    case cipherParameter = "mesh.3mf.secure.cipher_parameter"
    /// A content key is wrapped by an algorithm that is not read.
    case wrappingAlgorithm = "mesh.3mf.secure.wrapping_algorithm"
    /// A content key is wrapped with one hash as digest and another one as mask.
    case mixedHashes = "mesh.3mf.secure.mixed_hashes"
    /// A part is encrypted by an algorithm that is not read.
    case encryptionAlgorithm = "mesh.3mf.secure.encryption_algorithm"
    /// None of the keys that were given opens the part.
    case noKey = "mesh.3mf.secure.no_key"
    /// A part was changed after it was encrypted, or belongs to another entry of the key store.
    case notAuthentic = "mesh.3mf.secure.not_authentic"
    /// What was given as a key is not one that is used.
    case unusableKey = "mesh.3mf.secure.unusable_key"
    /// Recipients that a file cannot be written for: none, too many, two alike, or an odd identifier.
    case recipients = "mesh.3mf.secure.recipients"
  }

  /// What kind of refusal it is.
  public let code: Code
  /// What is wrong and where, in English, without anything from the file.
  public let message: String

  /// A refusal; `message` must not quote the file.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension MeshRefusal {
  /// STEP, where facets are wanted.
  static let step = MeshRefusal(
    .needsConverter,
    "This is a STEP file: it has surfaces and no facets, so it is not measured without a converter."
  )
}

extension MeshRefusal: CustomStringConvertible {
  /// The code and the message, for a log.
  public var description: String { "\(code.rawValue): \(message)" }
}

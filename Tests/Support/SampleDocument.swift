/// Documents that go with a design.
public enum SampleDocument {
  /// A PDF of one empty page.
  public static let pdf = Array(
    """
    %PDF-1.4
    1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
    2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
    3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>> endobj
    trailer <</Root 1 0 R>>
    %%EOF

    """.utf8)
  /// An inspection plan as a table.
  public static let csv = Array("feature,nominal,tolerance\nBohrung Ø,12.1,0.2\n".utf8)
  /// An inspection plan as JSON.
  public static let json = Array(#"{"features": [{"name": "Bohrung Ø", "nominal": 12.1}]}"#.utf8)
}

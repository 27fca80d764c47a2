/// A root, a server's certificate for localhost and 127.0.0.1, and a client's, valid until 2126. Keys of
/// nothing but these tests.
public enum TestCertificates {
  /// The root.
  public static let root = """
    -----BEGIN CERTIFICATE-----
    MIIBkTCCATegAwIBAgIUIz7c7THJmc+P3U1wXVaAeIRoOCAwCgYIKoZIzj0EAwIw
    HTEbMBkGA1UEAwwSRXZlcnBhcnQgdGVzdCByb290MCAXDTI2MTEyMTA2MDYwM1oY
    DzIxMjYxMDI4MDYwNjAzWjAdMRswGQYDVQQDDBJFdmVycGFydCB0ZXN0IHJvb3Qw
    WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATtQrmswq4khy9SDXsb4I0wQXuF2G4x
    nDA3bTyHu+4MR0P7ZpVJkpRipn0gcpwqUPcvZ+JotMZrAltx2EQSzFQco1MwUTAd
    BgNVHQ4EFgQUOCLu0LpHogx/JYrVFVqLEcTW0xQwHwYDVR0jBBgwFoAUOCLu0LpH
    ogx/JYrVFVqLEcTW0xQwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF
    AiB4kaAyHOuTh4JHz+3EzBsi7YlQ6RKsD9PTRmpXAQOUmgIhALGUGme1bODzCN3q
    VTuJZXJ5EPGY8X5p0E7Cr6tCbaPW
    -----END CERTIFICATE-----
    """

  /// The server's certificate.
  public static let server = """
    -----BEGIN CERTIFICATE-----
    MIIBnDCCAUGgAwIBAgIUIFDbs4zxo7dOOalRujDsmbjZ+wkwCgYIKoZIzj0EAwIw
    HTEbMBkGA1UEAwwSRXZlcnBhcnQgdGVzdCByb290MCAXDTI2MTEyMTA2MDYwM1oY
    DzIxMjYxMDI4MDYwNjAzWjARMQ8wDQYDVQQDDAZzZXJ2ZXIwWTATBgcqhkjOPQIB
    BggqhkjOPQMBBwNCAATcSdcknGy6Xg5r8pCtx30NyP+e1NFV9uROGzz2MAjmgqhu
    bwoMIfL7ph6oG4NoLc/up0FjUh7KBXg1Qh74We4To2kwZzAaBgNVHREEEzARggls
    b2NhbGhvc3SHBH8AAAEwCQYDVR0TBAIwADAdBgNVHQ4EFgQUjEt6osQ79Od495zG
    qk3B4cAM/OMwHwYDVR0jBBgwFoAUOCLu0LpHogx/JYrVFVqLEcTW0xQwCgYIKoZI
    zj0EAwIDSQAwRgIhALjvvriHr+uWXCA1qzzNsBAN6aYzZil+YZjh3sI+9yJ+AiEA
    3YkRLJTrY55/EO7Ovuw5KE23h+deav/SG3UMLZr7teA=
    -----END CERTIFICATE-----
    """

  /// The server's key.
  public static let serverKey = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgR2Ewyd8k3L+N788B
    2DMm/6NjcG+w52ua/GM2XrCh1vWhRANCAATcSdcknGy6Xg5r8pCtx30NyP+e1NFV
    9uROGzz2MAjmgqhubwoMIfL7ph6oG4NoLc/up0FjUh7KBXg1Qh74We4T
    -----END PRIVATE KEY-----
    """

  /// A client's certificate.
  public static let client = """
    -----BEGIN CERTIFICATE-----
    MIIBnDCCAUGgAwIBAgIUIFDbs4zxo7dOOalRujDsmbjZ+wowCgYIKoZIzj0EAwIw
    HTEbMBkGA1UEAwwSRXZlcnBhcnQgdGVzdCByb290MCAXDTI2MTEyMTA2MDYwM1oY
    DzIxMjYxMDI4MDYwNjAzWjARMQ8wDQYDVQQDDAZjbGllbnQwWTATBgcqhkjOPQIB
    BggqhkjOPQMBBwNCAARdbElhvgcbKoTlAM57oip9nHu9I9X1l+00Yj7iUJuHy81t
    4PAe+ewbaS0QQGXXftGz4GAO3qeqRSNTerHtiPOKo2kwZzAaBgNVHREEEzARggls
    b2NhbGhvc3SHBH8AAAEwCQYDVR0TBAIwADAdBgNVHQ4EFgQUbZ+/UHyC7l0viA9c
    Bjmdk+02DJswHwYDVR0jBBgwFoAUOCLu0LpHogx/JYrVFVqLEcTW0xQwCgYIKoZI
    zj0EAwIDSQAwRgIhAK85OiMI2Wxn0Z6ACUczvkq5bsuN8HqymRb9NRzJqwXoAiEA
    kACrq7af9Uwcr4zsoy0G8Wb0a9b3L6QE1/R65ERbfp8=
    -----END CERTIFICATE-----
    """

  /// The client's key.
  public static let clientKey = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0fpnQB+FlVKPqYAg
    w2dFTTEdfO3NgVOj/hD0ASMk/XahRANCAARdbElhvgcbKoTlAM57oip9nHu9I9X1
    l+00Yj7iUJuHy81t4PAe+ewbaS0QQGXXftGz4GAO3qeqRSNTerHtiPOK
    -----END PRIVATE KEY-----
    """
}

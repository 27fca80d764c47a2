// Cap for a square chair leg of 30 mm tube: crush fins above a domed foot.
$fn = 96; a = 30;
module sq(s, r, h) { linear_extrude(h) offset(r) square(s - 2 * r, center = true); }
difference() {
  union() {
    intersection() { sq(a, 4, 7); translate([0, 0, 68]) sphere(r = 69); }
    translate([0, 0, 6]) sq(a - 5, 2.5, 18);
    for (i = [0 : 3]) translate([0, 0, 9 + i * 4]) hull() { sq(a - 5, 2.5, 0.4); translate([0, 0, 1.4]) sq(a - 2.6, 3, 0.5); }
  }
  translate([0, 0, 8]) sq(a - 9, 2, 30);
}

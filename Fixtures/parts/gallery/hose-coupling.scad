// Hose coupling: barbed tail, hexagon, threaded end with a chamfer.
$fn = 96;
difference() {
  union() {
    cylinder(d = 26, h = 3);
    cylinder(d = 30, h = 9, $fn = 6);
    translate([0, 0, 9]) rotate_extrude() polygon([[0, 0], [9.5, 0], [9.5, 4], [8, 4], [8, 5], [10.2, 6], [8, 11], [10.2, 12], [8, 17], [10.2, 18], [8, 23], [10.2, 24], [7.4, 30], [0, 30]]);
    translate([0, 0, -14]) cylinder(d = 19, h = 14);
    for (i = [0 : 5]) translate([0, 0, -12.5 + i * 2]) rotate_extrude() polygon([[9, 0], [10.6, 0.75], [10.6, 1.05], [9, 1.8]]);
  }
  translate([0, 0, -20]) cylinder(d = 11.5, h = 80);
  translate([0, 0, -15]) cylinder(d1 = 15, d2 = 11, h = 4);
}

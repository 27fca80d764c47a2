// Chair leg cap: a slip-on foot for round steel tube, 25 mm outside diameter.
//
// The tube is pushed in from above and held by eight crush ribs; the floor end is a
// large rounded edge around a slightly raised wear ring. Base on the plate, open end up.

tube = 25.0;          // outside diameter of the tube
fit = 0.4;            // play between socket and tube
wall = 2.8;
floor_thickness = 5;
depth = 24;           // of the socket
edge = 5;             // radius of the rounded bottom edge
rib_count = 8;
rib_radius = 0.9;     // of the round crush ribs; 0.45 mm stand out of the wall
grip_count = 24;      // flutes around the outside

$fn = 96;

socket_radius = (tube + fit) / 2;
outer_radius = socket_radius + wall;
height = floor_thickness + depth;
e = 0.01;

// The outside: a rounded bottom edge, a straight side, a chamfered rim.
module body() {
  rotate_extrude()
    polygon(concat(
      [[0, 0], [outer_radius - edge, 0]],
      [for (a = [-84 : 6 : 0])
        [outer_radius - edge + edge * cos(a), edge + edge * sin(a)]],
      [[outer_radius, height - 1], [outer_radius - 1, height], [0, height]]
    ));
}

// The socket, with a lead-in chamfer for the tube.
module socket() {
  translate([0, 0, floor_thickness])
    rotate_extrude()
      polygon([
        [0, 0], [socket_radius - 0.8, 0], [socket_radius, 0.8],
        [socket_radius, depth - 1.2], [socket_radius + 1.2, depth + e], [0, depth + e]
      ]);
}

// Crush ribs: they give way to a tube at the large end of its tolerance.
module ribs() {
  for (i = [0 : rib_count - 1])
    rotate([0, 0, i * 360 / rib_count])
      translate([socket_radius + 0.45, 0, floor_thickness - e]) {
        cylinder(r = rib_radius, h = depth - 6, $fn = 16);
        translate([0, 0, depth - 6]) cylinder(r1 = rib_radius, r2 = 0.3, h = 3, $fn = 16);
      }
}

// Flutes: something to hold when the cap is pulled off.
module flutes() {
  for (i = [0 : grip_count - 1])
    rotate([0, 0, (i + 0.5) * 360 / grip_count])
      translate([outer_radius + 0.7, 0, edge + 4]) {
        sphere(r = 1.2, $fn = 16);
        cylinder(r = 1.2, h = height - edge - 4 - 5, $fn = 16);
        translate([0, 0, height - edge - 9]) sphere(r = 1.2, $fn = 16);
      }
}

// A groove in the sole leaves a wear ring and a seat for a felt disc.
module sole() {
  translate([0, 0, -e]) cylinder(r1 = 5.8, r2 = 5, h = 0.8 + e);
  translate([0, 0, -e]) difference() {
    cylinder(r = 9, h = 0.6 + e);
    translate([0, 0, -e]) cylinder(r = 8, h = 1);
  }
}

union() {
  difference() {
    body();
    socket();
    flutes();
    sole();
  }
  ribs();
}

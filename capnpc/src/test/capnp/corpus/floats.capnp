@0xd94b1f7d815e0fa7;

struct Floats {
  a @0 :Float32 = inf; b @1 :Float32 = -inf; c @2 :Float32 = nan; d @3 :Float64 = inf; e @4 :Float64 = -inf;
  f @5 :Float64 = nan; g @6 :Float32 = 3; h @7 :Float64 = -3; i @8 :Float32 = 1e30; j @9 :Float64 = 0.1;
  k @10 :Float32 = 0.1; l @11 :Float64 = 123456789012345678; m @12 :Float64 = 1.; n @13 :Float64 = 2e5; o @14 :Float32 = 1e300;
  p @15 :Float64 = 18446744073709551615; q @16 :Float32 = 16777217; r @17 :Float64 = -0.0;
}

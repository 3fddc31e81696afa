@0xa93fc509624c72dd; interface I0 { f @0 () -> stream; }
interface L1 extends(I0) {} interface R1 extends(I0) {} interface I1 extends(L1, R1) {}
interface L2 extends(I1) {} interface R2 extends(I1) {} interface I2 extends(L2, R2) {}
interface L3 extends(I2) {} interface R3 extends(I2) {} interface I3 extends(L3, R3) {}
interface L4 extends(I3) {} interface R4 extends(I3) {} interface I4 extends(L4, R4) {}
interface L5 extends(I4) {} interface R5 extends(I4) {} interface I5 extends(L5, R5) {}
interface L6 extends(I5) {} interface R6 extends(I5) {} interface I6 extends(L6, R6) {}
interface L7 extends(I6) {} interface R7 extends(I6) {} interface I7 extends(L7, R7) {}
interface L8 extends(I7) {} interface R8 extends(I7) {} interface I8 extends(L8, R8) {}
interface L9 extends(I8) {} interface R9 extends(I8) {} interface I9 extends(L9, R9) {}
interface L10 extends(I9) {} interface R10 extends(I9) {} interface I10 extends(L10, R10) {}
interface L11 extends(I10) {} interface R11 extends(I10) {} interface I11 extends(L11, R11) {}
interface L12 extends(I11) {} interface R12 extends(I11) {} interface I12 extends(L12, R12) {}

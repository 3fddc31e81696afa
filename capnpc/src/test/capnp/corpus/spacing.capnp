@0xf27bc4e8c91c1b69;

struct S{a@0:Int32= -1;b @1 : List( Text )=["x" , "y"];c@2:Bool;}enum E{a@0;b@1;}
	interface	I	{ m@0(a:Text)->(b:Text);}const x:Int32=5;
annotation a(*):Void;struct T$a{}struct U $a {}

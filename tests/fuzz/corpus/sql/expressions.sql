INSERT INTO t VALUES (1+1,'a'),(f('x, (y)', g(2)),'b'),(-(4),'d'),(@a,'e'),(-1.5e-3,now(6));
USE b;
INSERT INTO t PARTITION (p) VALUES (1,'z');

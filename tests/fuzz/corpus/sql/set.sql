INSERT INTO t SET a=1, b='x\'', t.c := 0x41 ON DUPLICATE KEY UPDATE a=1;
REPLACE t SET b=now(), c=f(1,'a)')+1;

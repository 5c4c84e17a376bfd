int lyc_stub;

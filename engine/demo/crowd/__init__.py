"""The crowd: the everyday stories of the demonstration desk, made from templates beside those told one by one."""
